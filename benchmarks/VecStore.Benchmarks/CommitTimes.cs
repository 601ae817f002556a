using System.Diagnostics;
using System.Globalization;

namespace VecStore.Benchmarks;

/// <summary>Commits of one row each by 1 to 16 threads at once: how many a second, and how long the slowest hundredth took.</summary>
internal static class CommitTimes
{
    private const int Dimension = 128;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    public static int Run(string folder)
    {
        foreach (Durability durability in (ReadOnlySpan<Durability>)[Durability.Full, Durability.Os])
        {
            foreach (int threads in (ReadOnlySpan<int>)[1, 2, 4, 8, 16]) Measure(Path.Combine(folder, $"commits-{Environment.ProcessId}"), durability, threads);
        }

        return 0;
    }

    private static void Measure(string path, Durability durability, int threads)
    {
        long commits = 0;
        var slowest = new List<double>[threads];
        using (VectorStore store = VectorStore.Open(path, new() { CreateIfMissing = true, Durability = durability }))
        {
            VectorCollection rows = store.Create("rows", new CollectionSchema(Dimension));
            float[] vector = [.. Enumerable.Range(0, Dimension).Select(i => i / 100f)];
            rows.Upsert(-1, vector); // the log's first file
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long began = Stopwatch.GetTimestamp();
            Thread[] committing = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
            {
                List<double> times = slowest[thread] = [];
                for (long key = thread; Stopwatch.GetElapsedTime(began) < Duration; key += threads)
                {
                    long start = Stopwatch.GetTimestamp();
                    rows.Upsert(key, vector);
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    Interlocked.Increment(ref commits);
                }
            }))];
            Array.ForEach(committing, thread => thread.Start());
            Array.ForEach(committing, thread => thread.Join());
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            double microseconds = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / commits;
            double[] all = [.. slowest.SelectMany(times => times).Order()];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{durability,-4} {threads,2} threads: {commits / seconds,8:F0} commits/s, median {all[all.Length / 2]:F2} ms, 99 % {all[all.Length * 99 / 100]:F2} ms, {microseconds:F0} us of processor a commit"));
        }

        Directory.Delete(path, recursive: true);
    }
}
