using VecStore.Analysis;
using VecStore.Kernels;

namespace VecStore.Explorer;

/// <summary>All rows on several directions, in one pass over the stored vectors. The same bits for any number of threads: each row is on its own.</summary>
internal static class Projection
{
    private const int BlockRows = 256;

    /// <returns>For each direction an array of one coordinate a row: row . direction + offset.</returns>
    public static float[][] Of(SnapshotRows rows, IReadOnlyList<(double[] Direction, double Offset)> directions)
    {
        float[][] narrow = [.. directions.Select(d => d.Direction.Select(x => (float)x).ToArray())];
        float[][] values = [.. directions.Select(_ => new float[rows.Count])];
        int blocks = (rows.Count + BlockRows - 1) / BlockRows;
        Parallel.For(0, blocks, () => new float[BlockRows * rows.Dimension], (block, _, buffer) =>
        {
            int first = block * BlockRows, count = Math.Min(BlockRows, rows.Count - first);
            rows.Read(first, buffer.AsSpan(0, count * rows.Dimension));
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> row = buffer.AsSpan(i * rows.Dimension, rows.Dimension);
                for (int d = 0; d < narrow.Length; d++) values[d][first + i] = Dot.Of<float>(narrow[d], row) + (float)directions[d].Offset;
            }

            return buffer;
        }, _ => { });
        return values;
    }
}
