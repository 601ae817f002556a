using System.Runtime.InteropServices;
using VecStore.Cli;
using VecStore.Cli.Terminals;

using var interrupted = new CancellationTokenSource();

// The first Ctrl-C asks the command to stop where it can go on later; a second one ends the process, which the store survives as well.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CommandLine.Run(args, Terminal.OfProcess(), interrupted.Token);

void Stop(PosixSignalContext signal)
{
    if (interrupted.IsCancellationRequested) return;
    signal.Cancel = true;
    interrupted.Cancel();
}
