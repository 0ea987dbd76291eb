package db

//go:generate go -C .. tool -modfile=tools/go.mod sqlc generate
