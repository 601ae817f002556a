using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Keys of rows that may have none: then the number of the row is its key.</summary>
internal static class RowKeys
{
    public static string Of(IRowSource rows, int row) => rows is IKeyedRows keyed ? keyed.KeyOf(row) : row.ToString(CultureInfo.InvariantCulture);

    public static bool TryFind(IRowSource rows, string key, out int row)
    {
        if (rows is IKeyedRows keyed) return keyed.TryFind(key, out row);
        return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out row) && row < rows.Count;
    }
}
