package followup

import "github.com/leadgraph/leadgraph/internal/contact"

// Answers are the kinds of touch by which a person answers, where the person acted.
var Answers = []contact.TouchKind{contact.KindEmailReplied, contact.KindCall, contact.KindVoicemail, contact.KindChat, contact.KindMessage}

// Answered tells whether the person answered with a touch. A meeting is an answer, whoever asked for it.
func Answered(k contact.TouchKind, d contact.Direction) bool {
	if k == contact.KindMeeting {
		return true
	}
	for _, a := range Answers {
		if a == k {
			return d == contact.DirectionInbound
		}
	}
	return false
}

// Touch is what kind of touch an attempt was.
func (o Outcome) Touch(by contact.Channel) contact.TouchKind {
	switch by {
	case contact.ChannelEmail:
		return contact.KindEmailSent
	case contact.ChannelSms, contact.ChannelSocial:
		return contact.KindMessage
	case contact.ChannelChat:
		return contact.KindChat
	case contact.ChannelPhone:
		if o.Answered() {
			return contact.KindCall
		}
		if o == LeftMessage {
			return contact.KindVoicemail
		}
	}
	return contact.KindOther
}
