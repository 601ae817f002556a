using VecStore.Formats;

namespace VecStore.Cli.Demonstration;

/// <summary>The sample that comes with the command: 20,000 GloVe words, with metadata made from the words themselves.</summary>
internal static class SampleWords
{
    /// <summary>The place in the order of frequency, from 1; the first letter; the number of letters.</summary>
    public static IReadOnlyList<FieldSchema> Fields { get; } =
        [new("rank", FieldType.Int64), new("initial", FieldType.String), new("letters", FieldType.Int64)];

    public static string VectorsPath => Path.Combine(AppContext.BaseDirectory, "Sample", "glove-20k-100d-f16.npy");

    public static string WordsPath => Path.Combine(AppContext.BaseDirectory, "Sample", "glove-20k.vocab.txt");

    public static VectorSource Open() => VectorSource.Open(VectorsPath, new SourceOptions { KeysPath = WordsPath });

    public static FieldValues FieldsOf(string word, long row) =>
        new() { ["rank"] = row + 1, ["initial"] = word[..1], ["letters"] = (long)word.Length };
}
