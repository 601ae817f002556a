using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using VecStore.Analysis;

namespace VecStore.Benchmarks.Analysis;

/// <summary>Our half of benchmarks/analysis_peers/sklearn_pca.py: covariance and principal components of an .npy file of float32 rows, one line of JSON.</summary>
internal static class PcaTimes
{
    public static int Run(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)); // .npy version 1
        string shape = System.Text.Encoding.ASCII.GetString(file, 10, header - 10);
        int dimension = int.Parse(shape.Split('(')[1].Split(')')[0].Split(',')[1], CultureInfo.InvariantCulture);
        MemoryRows rows = new(MemoryMarshal.Cast<byte, float>(file.AsSpan(header)).ToArray(), dimension);
        MemoryRows few = new(rows.Values()[..(1_024 * dimension)], dimension);
        for (int i = 0; i < 3; i++) // the first calls compile
        {
            PrincipalComponents.Of(few);
            PrincipalComponents.Of(few, 50);
            PrincipalComponents.Randomized(few, 50);
        }
        List<string> parts = [];
        Time("covariance", () => Scan.Run(rows, new Covariance(dimension)).Sample[0, 0]);
        Time("full", () => PrincipalComponents.Of(rows).Variances[0]);
        Time("top50", () => PrincipalComponents.Of(rows, 50).Variances[49]);
        Time("randomized50", () => PrincipalComponents.Randomized(rows, 50).Variances[49]);
        Console.WriteLine("{" + string.Join(", ", parts) + "}");
        return 0;

        void Time(string name, Func<double> work)
        {
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            long started = Stopwatch.GetTimestamp();
            double value = work();
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds, used = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"\"{name}\": {{\"seconds\": {seconds:F4}, \"processor\": {used:F4}, \"value\": {value:R}}}"));
        }
    }

    private static Memory<float> Values(this MemoryRows rows)
    {
        float[] values = new float[rows.Count * rows.Dimension];
        rows.Read(0, values);
        return values;
    }
}
