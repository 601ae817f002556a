using System.Diagnostics;
using System.Runtime.InteropServices;

namespace VecStore.Peers;

/// <summary>Processor time of the calling thread: the clock of everything that one thread does, here and in the peers' drivers.</summary>
internal static partial class OwnTime
{
    private const int ThreadClock = 3;

    /// <summary>Seconds of the thread, or of the clock on the wall when several threads are at work.</summary>
    public static double Seconds(int threads)
    {
        if (threads > 1 || Now(ThreadClock, out TimeSpec time) != 0) return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Now(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
