//go:build !linux

package pgtest

// roomy is false: the folder is Linux's.
func roomy(string) bool { return false }
