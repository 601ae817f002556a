using System.Runtime.InteropServices;
using System.Text.Json;

namespace VecStore.Recall;

/// <summary>Base vectors on the disk, queries and the ten true neighbours of each.</summary>
internal sealed class DataSet
{
    private readonly string _folder;

    private DataSet(string folder, int rows, int dimension, int queries, int nearest)
    {
        _folder = folder;
        Rows = rows;
        Dimension = dimension;
        QueryCount = queries;
        Nearest = nearest;
        Queries = Load<float>("query.f32", (long)queries * dimension);
        Truth = Load<int>("gt.i32", (long)queries * nearest);
    }

    public int Rows { get; }

    public int Dimension { get; }

    public int QueryCount { get; }

    public int Nearest { get; }

    public float[] Queries { get; }

    public int[] Truth { get; }

    /// <summary>The sets hold rows of length 1 and true neighbours by inner product, which is the cosine.</summary>
    public static Metric Metric => Metric.Cosine;

    public static DataSet Read(string folder)
    {
        using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
        int Number(string name) => meta.RootElement.GetProperty(name).GetInt32();
        return new DataSet(folder, Number("n"), Number("d"), Number("nq"), Number("k"));
    }

    public ReadOnlySpan<float> Query(int index) => Queries.AsSpan(index * Dimension, Dimension);

    public ReadOnlySpan<int> TruthOf(int index) => Truth.AsSpan(index * Nearest, Nearest);

    public void ForEachRow(Action<int, float[]> step)
    {
        using FileStream file = File.OpenRead(Path.Combine(_folder, "base.f32"));
        using var buffered = new BufferedStream(file, 1 << 20);
        var vector = new float[Dimension];
        for (int row = 0; row < Rows; row++)
        {
            buffered.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
            step(row, vector);
        }
    }

    private T[] Load<T>(string name, long count) where T : unmanaged
    {
        T[] values = MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(_folder, name))).ToArray();
        if (values.Length != count) throw new InvalidDataException($"{name} holds {values.Length} numbers, meta.json promises {count}");
        return values;
    }
}
