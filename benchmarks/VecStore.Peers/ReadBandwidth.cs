using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Peers;

/// <summary>
/// How fast this machine reads: a plain sum over the bytes of a mapped file, and over as many of anonymous memory in huge pages. Each with and
/// without asking for lines ahead, whichever is faster; best of several passes.
/// </summary>
internal sealed unsafe partial class ReadBandwidth : IDisposable
{
    private const int HugePage = 2 << 20, AdviseHugePage = 14, AheadBytes = 4096, Passes = 5;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _mapped;
    private readonly byte* _memory;
    private readonly nint _length;

    public ReadBandwidth(string path)
    {
        _length = (nint)new FileInfo(path).Length & ~(nint)4095;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _mapped);
        nuint size = ((nuint)_length + HugePage - 1) & ~(nuint)(HugePage - 1);
        _memory = (byte*)NativeMemory.AlignedAlloc(size, HugePage);
        _ = Advise(_memory, size, AdviseHugePage);
        Buffer.MemoryCopy(_mapped, _memory, _length, _length);
    }

    /// <summary>Bytes a second.</summary>
    public double OfFile(int threads) => Best(_mapped, threads);

    /// <summary>Bytes a second.</summary>
    public double OfMemory(int threads) => Best(_memory, threads);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    private double Best(byte* bytes, int threads) => Math.Max(Once(bytes, threads, ahead: false), Once(bytes, threads, ahead: true));

    private double Once(byte* bytes, int threads, bool ahead)
    {
        nint part = _length / threads & ~(nint)4095;
        using var together = new Barrier(threads);
        var seconds = new double[Passes];
        void Work(int thread)
        {
            for (int pass = 0; pass < Passes; pass++)
            {
                together.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                Sum(bytes + (thread * part), part, ahead);
                together.SignalAndWait();
                if (thread == 0) seconds[pass] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Work(i)))];
        foreach (Thread other in others) other.Start();
        Work(0);
        foreach (Thread other in others) other.Join();
        return part * (double)threads / seconds.Min();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static ulong Sum(byte* bytes, nint length, bool ahead)
    {
        Vector256<ulong> a = default, b = default, c = default, d = default;
        for (byte* end = bytes + length; bytes < end; bytes += 128)
        {
            if (ahead && Sse.IsSupported)
            {
                Sse.Prefetch0(bytes + AheadBytes);
                Sse.Prefetch0(bytes + AheadBytes + 64);
            }

            a += Vector256.Load((ulong*)bytes);
            b += Vector256.Load((ulong*)(bytes + 32));
            c += Vector256.Load((ulong*)(bytes + 64));
            d += Vector256.Load((ulong*)(bytes + 96));
        }

        return Vector256.Sum(a + b + c + d);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
