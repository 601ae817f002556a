using System.Runtime.InteropServices;

namespace VecStore.Recall;

/// <summary>A small data set of seeded noise with its exact neighbours, so that the runner itself can be tried in seconds.</summary>
internal static class SmokeData
{
    private const int Rows = 3_000;
    private const int Queries = 50;
    private const int Dimension = 32;
    private const int Neighbors = 10;

    public static string Write()
    {
        string folder = Directory.CreateTempSubdirectory("vecstore-smoke-").FullName;
        var random = new Random(1);
        float[][] rows = [.. Enumerable.Range(0, Rows).Select(_ => Unit(random))];
        float[][] queries = [.. Enumerable.Range(0, Queries).Select(_ => Unit(random))];
        int[] truth = [.. queries.SelectMany(query => Enumerable.Range(0, Rows).OrderByDescending(row => Dot(query, rows[row])).Take(Neighbors))];
        Save("base.f32", MemoryMarshal.AsBytes<float>(rows.SelectMany(row => row).ToArray()));
        Save("query.f32", MemoryMarshal.AsBytes<float>(queries.SelectMany(query => query).ToArray()));
        Save("gt.i32", MemoryMarshal.AsBytes<int>(truth));
        File.WriteAllText(Path.Combine(folder, "meta.json"), $"{{\"name\": \"smoke\", \"n\": {Rows}, \"d\": {Dimension}, \"nq\": {Queries}, \"k\": {Neighbors}, \"metric\": \"ip_unit\"}}");
        return folder;

        void Save(string name, ReadOnlySpan<byte> bytes)
        {
            using FileStream file = File.Create(Path.Combine(folder, name));
            file.Write(bytes);
        }
    }

    private static float[] Unit(Random random)
    {
        double[] x = [.. Enumerable.Range(0, Dimension).Select(_ => random.NextDouble() - 0.5)];
        double length = Math.Sqrt(x.Sum(value => value * value));
        return [.. x.Select(value => (float)(value / length))];
    }

    private static double Dot(float[] x, float[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += (double)x[i] * y[i];
        return sum;
    }
}
