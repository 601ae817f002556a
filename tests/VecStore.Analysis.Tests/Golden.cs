using System.Reflection;
using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>Small inputs with the answers of NumPy and SciPy (Goldens/make_goldens.py).</summary>
internal static class Golden
{
    private static readonly JsonElement Root = Load();

    public static MemoryRows X { get; } = Rows("x");

    public static MemoryRows Z { get; } = Rows("z");

    public static int[] Labels { get; } = [.. Root.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    public static double Number(string name) => Root.GetProperty(name).GetDouble();

    public static string[] Text(string name) => [.. Root.GetProperty(name).EnumerateArray().Select(x => x.GetString()!)];

    public static double[] Vector(string name) => Vector(Root.GetProperty(name));

    public static double[][] Matrix(string name) => [.. Root.GetProperty(name).EnumerateArray().Select(Vector)];

    public static double[][] Doubles(IRowSource rows)
    {
        float[] values = new float[rows.Count * rows.Dimension];
        rows.Read(0, values);
        return [.. values.Select(x => (double)x).Chunk(rows.Dimension)];
    }

    public static void Close(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }

    /// <summary>A file of digits, one a value.</summary>
    public static int[] Digits(string name)
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return [.. reader.ReadToEnd().Where(char.IsAsciiDigit).Select(digit => digit - '0')];
    }

    private static double[] Vector(JsonElement element) => [.. element.EnumerateArray().Select(x => x.GetDouble())];

    private static MemoryRows Rows(string name)
    {
        double[][] rows = Matrix(name);
        return new(rows.SelectMany(row => row).Select(x => (float)x).ToArray(), rows[0].Length);
    }

    private static JsonElement Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("goldens.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
