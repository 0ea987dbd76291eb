package followup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/followup"
)

func TestWhatAPersonDoesIsNotAlwaysAnAnswer(t *testing.T) {
	t.Parallel()
	in, out := contact.DirectionInbound, contact.DirectionOutbound
	for _, k := range contact.TouchKinds {
		switch k {
		case contact.KindMeeting:
			require.True(t, followup.Answered(k, in) && followup.Answered(k, out), k)
		case contact.KindEmailReplied, contact.KindCall, contact.KindVoicemail, contact.KindChat, contact.KindMessage:
			require.True(t, followup.Answered(k, in), k)
			require.False(t, followup.Answered(k, out), k)
		default:
			require.False(t, followup.Answered(k, in) || followup.Answered(k, out), k)
		}
	}
}

func TestAnAttemptIsATouchOfItsKind(t *testing.T) {
	t.Parallel()
	require.Equal(t, contact.KindCall, followup.Reached.Touch(contact.ChannelPhone))
	require.Equal(t, contact.KindVoicemail, followup.LeftMessage.Touch(contact.ChannelPhone))
	require.Equal(t, contact.KindOther, followup.NoAnswer.Touch(contact.ChannelPhone))
	require.Equal(t, contact.KindEmailSent, followup.Sent.Touch(contact.ChannelEmail))
	require.Equal(t, contact.KindMessage, followup.Sent.Touch(contact.ChannelSms))
	for _, c := range contact.Channels {
		for _, o := range followup.Outcomes {
			require.Contains(t, contact.TouchKinds, o.Touch(c))
		}
	}
}
