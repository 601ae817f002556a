using System.Diagnostics;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Analysis;

/// <summary>
/// Covariance and the first 50 principal components of bfloat16 rows in a store on disk, beside the same number of products by the blocked kernel alone (packed rows in the cache,
/// nothing read), in turn, medians of three; and the most memory of its own that the process had. A million rows of 768 take 1.5 GB of disk.
/// </summary>
internal static unsafe class MillionRows
{
    private const int Dimension = 768, Rounds = 3;

    public static int Run(string folder, int rows)
    {
        if (!Directory.Exists(folder)) Fill(folder, rows);
        using VectorStore store = VectorStore.Open(folder, new() { ReadOnly = true, IgnoreGraphs = true });
        using Snapshot snapshot = store["rows"].TakeSnapshot();
        Kernel(Scan.ChunkRows); // the first calls compile
        snapshot.PrincipalComponents(50, new() { First = Scan.ChunkRows });
        long before = OwnBytes(), most = before;
        List<(double Seconds, double Processor)> kernel = [], ours = [];
        for (int round = 0; round < Rounds; round++)
        {
            kernel.Add(Time(() => Kernel(rows)));
            using Timer watch = new(_ => most = Math.Max(most, OwnBytes()), null, 0, 500);
            ours.Add(Time(() =>
            {
                PrincipalComponents components = snapshot.PrincipalComponents(50);
                if (round == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first and fiftieth variance {components.Variances[0]:G6}, {components.Variances[49]:G6} of {components.RowsSeen} rows"));
            }));
        }
        double kernelSeconds = Middle(kernel.Select(time => time.Seconds)), kernelProcessor = Middle(kernel.Select(time => time.Processor));
        double oursSeconds = Middle(ours.Select(time => time.Seconds)), oursProcessor = Middle(ours.Select(time => time.Processor));
        double products = rows * (double)Dimension * (Dimension + 1); // a multiply and an add for each element of one triangle
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"kernel alone    {kernelSeconds:F2} s, processor {kernelProcessor:F2} s, {products / kernelProcessor / 1e9:F1} GFLOP/s of processor time"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"covariance + 50 {oursSeconds:F2} s, processor {oursProcessor:F2} s: {oursSeconds / kernelSeconds:F2} x the kernel's time, {oursProcessor / kernelProcessor:F2} x its processor time"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory of its own: {most / 1e6:F0} MB at most, {before / 1e6:F0} MB before"));
        return 0;
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static void Kernel(int rows)
    {
        int batches = (rows + Scan.BatchRows - 1) / Scan.BatchRows, next = 0;
        Parallel.For(0, Environment.ProcessorCount, _ =>
        {
            using NativeBlock<float> packed = new(PanelProduct.PackedLength(Dimension, Scan.BatchRows));
            for (long i = 0; i < PanelProduct.PackedLength(Dimension, Scan.BatchRows); i++) packed.Base[i] = i % 17 - 8;
            double[] triangle = new double[SymmetricProduct.TriangleLength(Dimension)];
            fixed (double* target = triangle)
            {
                while (Interlocked.Increment(ref next) <= batches) SymmetricProduct.Add(packed.Base, Scan.BatchRows, Dimension, target);
            }
        });
    }

    private static void Fill(string folder, int rows)
    {
        using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true, GraphMinRows = int.MaxValue, Maintenance = Maintenance.Manual });
        VectorCollection collection = store.Create("rows", new(Dimension) { ElementType = ElementType.BFloat16, Metric = Metric.Euclidean });
        using BulkLoad load = collection.BeginBulkLoad();
        Random random = new(1);
        float[] pool = [.. Enumerable.Range(0, 1 << 20).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))], row = new float[Dimension];
        for (int i = 0; i < rows; i++)
        {
            int at = random.Next(pool.Length - Dimension);
            for (int k = 0; k < Dimension; k++) row[k] = pool[at + k] / MathF.Sqrt(1 + k * 0.1f); // variances fall as 1 / (1 + k / 10)
            load.Append(i, row);
        }
        load.Publish();
    }

    private static (double Seconds, double Processor) Time(Action work)
    {
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        work();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds);
    }

    /// <summary>Resident memory that is no file's: not the mapped store.</summary>
    private static long OwnBytes()
    {
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
