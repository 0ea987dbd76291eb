package httpapi

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPublicAudits(t *testing.T) {
	t.Parallel()
	const dir = "../../scripts/audit"
	if _, err := os.Stat(dir + "/node_modules/graphql-http"); err != nil {
		t.Skip("the audits are not installed: npm ci --prefix scripts/audit")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	s := httptest.NewServer(New(testConfig()))
	defer s.Close()
	cmd := exec.Command(node, "audit.mjs", s.URL+"/graphql")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Logf("%s", out)
}
