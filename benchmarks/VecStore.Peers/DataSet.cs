using System.Globalization;
using System.Runtime.InteropServices;
using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore.Peers;

/// <summary>Unit rows, queries that are not among them, and the ten exact neighbours of each query: in memory, and in files for the peers.</summary>
internal sealed class DataSet
{
    public const int Neighbors = 10;
    private const int Asked = 1_000;

    private DataSet(string name, string folder, float[] rows, float[] queries, int dimension)
    {
        Name = name;
        Folder = folder;
        Rows = rows;
        Queries = queries;
        Dimension = dimension;
        Count = rows.Length / dimension;
        Truth = ExactNeighbors();
        Directory.CreateDirectory(folder);
        Write("base.f32", MemoryMarshal.AsBytes<float>(rows));
        Write("query.f32", MemoryMarshal.AsBytes<float>(queries));
        Write("gt.i32", MemoryMarshal.AsBytes<int>(Truth));
        File.WriteAllText(Path.Combine(folder, "meta.json"),
            string.Create(CultureInfo.InvariantCulture, $"{{\"name\": \"{name}\", \"n\": {Count}, \"d\": {dimension}, \"nq\": {Asked}, \"k\": {Neighbors}, \"metric\": \"ip_unit\"}}\n"));
    }

    public string Name { get; }

    public string Folder { get; }

    public int Count { get; }

    public int Dimension { get; }

    public float[] Rows { get; }

    public float[] Queries { get; }

    public int[] Truth { get; }

    public int QueryCount => Queries.Length / Dimension;

    /// <summary>Words: the .npy of the shared data, 1,000 of them drawn as queries and taken out of the base.</summary>
    public static DataSet Words(string npy, string folder, int count)
    {
        byte[] bytes = File.ReadAllBytes(npy);
        int header = 10 + BitConverter.ToUInt16(bytes, 8);
        float[] all = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(header)).ToArray();
        int rows = Math.Min(all.Length / 100, count + Asked);
        var random = new Draws(42);
        var chosen = new SortedSet<int>();
        while (chosen.Count < Asked) chosen.Add((int)(random.Uniform() * rows));
        var kept = new float[(rows - Asked) * 100];
        var queries = new float[Asked * 100];
        int k = 0;
        int q = 0;
        for (int i = 0; i < rows; i++)
        {
            Span<float> target = chosen.Contains(i) ? queries.AsSpan(q++ * 100, 100) : kept.AsSpan(k++ * 100, 100);
            all.AsSpan(i * 100, 100).CopyTo(target);
            Unit(target);
        }

        return new DataSet("words", folder, kept, queries, 100);
    }

    /// <summary>
    /// A thousand clusters of Zipf-like sizes; each a centre and a 24-dimensional subspace of decaying spectrum of its own, and a little noise: like
    /// embeddings, of low intrinsic dimension.
    /// </summary>
    public static DataSet Clustered(string folder, int count, int dimension)
    {
        const int Clusters = 1_000;
        const int Intrinsic = 24;
        var random = new Draws(7);
        float[] centers = Fill(random, Clusters * dimension, 0.7f);
        double[] cumulated = new double[Clusters];
        double sum = 0;
        for (int i = 0; i < Clusters; i++) cumulated[i] = sum += Math.Pow(-Math.Log(1 - random.Uniform()), 1.25);
        int total = count + Asked;
        float[][] bases = new float[Clusters][];
        var rows = new float[(long)total * dimension];
        for (int row = 0; row < total; row++)
        {
            int cluster = Math.Min(Clusters - 1, Math.Abs(Array.BinarySearch(cumulated, random.Uniform() * sum) is var at && at < 0 ? ~at : at));
            bases[cluster] ??= Fill(new Draws(1_000 + (ulong)cluster), Intrinsic * dimension, 1);
            Span<float> x = rows.AsSpan(row * dimension, dimension);
            centers.AsSpan(cluster * dimension, dimension).CopyTo(x);
            for (int j = 0; j < Intrinsic; j++)
            {
                float along = (float)(random.Normal() * 1.6 / Math.Sqrt(1 + j));
                ReadOnlySpan<float> axis = bases[cluster].AsSpan(j * dimension, dimension);
                for (int i = 0; i < dimension; i++) x[i] += along * axis[i];
            }

            for (int i = 0; i < dimension; i++) x[i] += (float)(0.05 * random.Normal());
            Unit(x);
        }

        return new DataSet("clustered", folder, rows[..(count * dimension)], rows[(count * dimension)..], dimension);
    }

    /// <summary>Gaussian noise: no structure that a graph could use.</summary>
    public static DataSet Gauss(string folder, int count, int dimension)
    {
        float[] rows = Fill(new Draws(11), (count + Asked) * dimension, 1);
        for (int i = 0; i < count + Asked; i++) Unit(rows.AsSpan(i * dimension, dimension));
        return new DataSet("gauss", folder, rows[..(count * dimension)], rows[(count * dimension)..], dimension);
    }

    /// <summary>The share of the true neighbours that were found.</summary>
    public double Recall(ReadOnlySpan<int> found)
    {
        int hits = 0;
        for (int q = 0; q < Queries.Length / Dimension; q++)
        {
            ReadOnlySpan<int> truth = Truth.AsSpan(q * Neighbors, Neighbors);
            foreach (int row in found.Slice(q * Neighbors, Neighbors))
            {
                if (truth.Contains(row)) hits++;
            }
        }

        return hits / (double)Truth.Length;
    }

    // In double precision, so that the truth leans to nobody's kernel: the best hundred by float32, scored again.
    private unsafe int[] ExactNeighbors()
    {
        const int Candidates = 100;
        int stride = (Dimension * sizeof(float) + 63) & ~63;
        int queries = Queries.Length / Dimension;
        var truth = new int[queries * Neighbors];
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)((long)stride * Count), 64);
        new Span<byte>(memory, 0).Clear();
        NativeMemory.Clear(memory, (nuint)((long)stride * Count));
        for (int i = 0; i < Count; i++) Rows.AsSpan(i * Dimension, Dimension).CopyTo(new Span<float>(memory + ((long)i * stride), Dimension));
        var view = new VectorRows { Base = memory, StrideBytes = stride, Count = Count, Dimension = Dimension, ElementType = ElementType.Float32 };
        int wanted = Math.Min(Candidates, Count);
        var nearest = new ScoredRow[queries * wanted];
        ExactSearcher.Batch(view, Metric.Dot, Queries, new ExactOptions { Threads = Environment.ProcessorCount }, null, null, nearest, new int[queries], out _);
        NativeMemory.AlignedFree(memory);
        for (int q = 0; q < queries; q++)
        {
            IEnumerable<int> best = nearest.AsSpan(q * wanted, wanted).ToArray().Select(n => n.Row).OrderByDescending(row => ExactDot(q, row)).ThenBy(row => row).Take(Neighbors);
            best.ToArray().CopyTo(truth, q * Neighbors);
        }

        return truth;
    }

    private double ExactDot(int query, int row)
    {
        double sum = 0;
        for (int i = 0; i < Dimension; i++) sum += (double)Queries[(query * Dimension) + i] * Rows[(row * Dimension) + i];
        return sum;
    }

    private static float[] Fill(Draws random, int count, float scale)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float)(random.Normal() * scale);
        return values;
    }

    private static void Unit(Span<float> x)
    {
        double sum = 0;
        foreach (float value in x) sum += (double)value * value;
        float scale = (float)(1 / Math.Sqrt(Math.Max(sum, 1e-60)));
        for (int i = 0; i < x.Length; i++) x[i] *= scale;
    }

    private void Write(string name, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = File.Create(Path.Combine(Folder, name));
        file.Write(bytes);
    }

    /// <summary>SplitMix64, so that the data is the same on every platform and runtime.</summary>
    private sealed class Draws(ulong seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15;
        private double _spare = double.NaN;

        public double Uniform()
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
        }

        public double Normal()
        {
            if (!double.IsNaN(_spare))
            {
                double spare = _spare;
                _spare = double.NaN;
                return spare;
            }

            double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform()));
            double angle = 2 * Math.PI * Uniform();
            _spare = radius * Math.Sin(angle);
            return radius * Math.Cos(angle);
        }
    }
}
