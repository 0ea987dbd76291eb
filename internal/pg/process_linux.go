package pg

import "syscall"

// endWithParent makes the kernel signal the process when the thread that starts it ends.
func endWithParent(attributes *syscall.SysProcAttr, sig syscall.Signal) { attributes.Pdeathsig = sig }
