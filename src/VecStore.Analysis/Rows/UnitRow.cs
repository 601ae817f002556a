namespace VecStore.Analysis;

/// <summary>Scaling rows to Euclidean length 1, with the same bits wherever a row is met.</summary>
internal static class UnitRow
{
    /// <summary>x / |x|; the length is summed in double and rounded to float once. A zero row stays zero.</summary>
    public static void Normalize(Span<float> row)
    {
        double squared = 0;
        foreach (float x in row) squared += (double)x * x;
        if (squared == 0) return;
        float length = (float)Math.Sqrt(squared);
        for (int k = 0; k < row.Length; k++) row[k] /= length;
    }

    public static void NormalizeAll(Span<float> rows, int dimension)
    {
        for (int at = 0; at < rows.Length; at += dimension) Normalize(rows.Slice(at, dimension));
    }

    public static float[] Read(IRowSource rows, int row)
    {
        float[] unit = new float[rows.Dimension];
        rows.Read(row, unit);
        Normalize(unit);
        return unit;
    }
}
