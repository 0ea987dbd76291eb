package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheUsualClientsOfSubscriptions(t *testing.T) {
	t.Parallel()
	const dir = "scripts/clients"
	if _, err := os.Stat(dir + "/node_modules/graphql-ws"); err != nil {
		t.Skip("the clients are not installed: npm ci --prefix scripts/clients")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	a := startAPI(t)
	admin := a.signUp("clients")
	a.source(admin, "web")
	cmd := exec.Command(node, "clients.mjs", a.url, admin)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Logf("%s", out)
}
