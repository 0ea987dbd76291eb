package contact

import "slices"

// Messages lists the kinds of touch that reach a person, if we act: they count in the contact ledger. An advertisement that was shown, or a meeting
// that both agreed on, is none.
var Messages = []TouchKind{KindEmailSent, KindCall, KindVoicemail, KindMessage, KindChat, KindOther}

// IsMessage tells whether touches of this kind reach a person, if we act.
func (t TouchKind) IsMessage() bool { return slices.Contains(Messages, t) }

// Replies lists the kinds of touch by which a person answers, if the person acts.
var Replies = []TouchKind{KindEmailReplied, KindCall, KindMessage, KindChat}

// IsReply tells whether a person answers by touches of this kind.
func (t TouchKind) IsReply() bool { return slices.Contains(Replies, t) }

// MessageKind is the kind of the touch that a message by the channel leaves.
func (c Channel) MessageKind() TouchKind {
	switch c {
	case ChannelEmail:
		return KindEmailSent
	case ChannelPhone:
		return KindCall
	case ChannelSms, ChannelSocial:
		return KindMessage
	case ChannelChat:
		return KindChat
	}
	return KindOther
}
