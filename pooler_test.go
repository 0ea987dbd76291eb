package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAWorkspaceWorksBehindAPooler does, without prepared statements, what writes documents, lists of words and many rows at once.
func TestAWorkspaceWorksBehindAPooler(t *testing.T) {
	t.Parallel()
	a := startAPI(t, func(s *settings) { s.Pooler = true })
	ada := a.signUp("pooler")
	a.source(ada, "web")
	a.inForce(ada, "pooler", awake())
	who := a.person(ada, "web", "eve@acme.example", "Acme")
	outcome, _, slot := a.reserved(ada, who)
	require.Equal(t, "ALLOWED", outcome)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { confirmContact(input: {messageId: $id, touch: {source: "web"}}) { cursor } }`, map[string]any{"id": slot}).Errors)
	require.Empty(t, a.do(ada, `mutation ($id: ID!) { recordBounce(input: {contactId: $id, channel: EMAIL}) { cursor } }`, map[string]any{"id": who}).Errors)
	var out struct {
		Leads struct {
			Nodes []struct {
				Score   *int
				Contact struct {
					Standing struct{ Bounced []string }
					Messages struct{ TotalCount int }
				}
			}
		}
	}
	a.do(ada, `{ leads(first: 5) { nodes { score contact { standing { bounced } messages { totalCount } } } } }`, nil).into(t, &out)
	require.Len(t, out.Leads.Nodes, 1)
	require.NotNil(t, out.Leads.Nodes[0].Score)
	require.Equal(t, []string{"EMAIL"}, out.Leads.Nodes[0].Contact.Standing.Bounced)
	require.Equal(t, 1, out.Leads.Nodes[0].Contact.Messages.TotalCount)
}
