package graph

//go:generate go -C .. run ./internal/breadth/gen/cmd
