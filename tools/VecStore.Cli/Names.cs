using VecStore.Analysis;
using VecStore.Formats;

namespace VecStore.Cli;

/// <summary>The names under which the values of an enumeration are typed and shown.</summary>
internal sealed class Names<T>(params (string Name, T Value)[] pairs) where T : struct, Enum
{
    public IEnumerable<string> All => pairs.Select(pair => pair.Name);

    public string this[T value] => Array.Find(pairs, pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Name ?? value.ToString();

    public bool TryParse(string typed, out T value)
    {
        foreach ((string name, T candidate) in pairs)
        {
            bool same = string.Equals(name, typed, StringComparison.OrdinalIgnoreCase) || string.Equals(candidate.ToString(), typed, StringComparison.OrdinalIgnoreCase);
            if (!same) continue; // the library's messages use the enumeration's own names
            value = candidate;
            return true;
        }

        value = default;
        return false;
    }
}

/// <summary>The enumerations that are named on the command line.</summary>
internal static class Names
{
    public static Names<Metric> Metrics { get; } = new(("cosine", Metric.Cosine), ("dot", Metric.Dot), ("euclidean", Metric.Euclidean));

    public static Names<ElementType> Elements { get; } =
        new(("float32", ElementType.Float32), ("float16", ElementType.Float16), ("bfloat16", ElementType.BFloat16), ("int8", ElementType.Int8));

    public static Names<KeyKind> KeyKinds { get; } = new(("int64", KeyKind.Int64), ("string", KeyKind.String));

    public static Names<FieldType> FieldTypes { get; } = new(("int64", FieldType.Int64), ("double", FieldType.Double), ("bool", FieldType.Bool),
        ("string", FieldType.String), ("string_list", FieldType.StringList));

    public static Names<SearchMethod> Methods { get; } = new(("auto", SearchMethod.Auto), ("exact", SearchMethod.Exact), ("approximate", SearchMethod.Approximate));

    public static Names<DuplicateKeys> Duplicates { get; } =
        new(("first", DuplicateKeys.KeepFirst), ("last", DuplicateKeys.KeepLast), ("refuse", DuplicateKeys.Refuse));

    public static Names<VectorFileFormat> Formats { get; } = new(
        ("npy", VectorFileFormat.Npy), ("npz", VectorFileFormat.Npz), ("safetensors", VectorFileFormat.Safetensors),
        ("torch", VectorFileFormat.Torch), ("arrow", VectorFileFormat.Arrow), ("word2vec-text", VectorFileFormat.Word2VecText), ("word2vec-binary", VectorFileFormat.Word2VecBinary), ("glove", VectorFileFormat.GloVeText),
        ("fasttext", VectorFileFormat.FastTextVec), ("fvecs", VectorFileFormat.Fvecs), ("ivecs", VectorFileFormat.Ivecs), ("bvecs", VectorFileFormat.Bvecs),
        ("fbin", VectorFileFormat.Fbin), ("u8bin", VectorFileFormat.U8bin), ("i8bin", VectorFileFormat.I8bin), ("csv", VectorFileFormat.Csv),
        ("tsv", VectorFileFormat.Tsv), ("jsonl", VectorFileFormat.JsonLines), ("raw", VectorFileFormat.RawFloat32));

    public static Names<SaeFamily> SaeFamilies { get; } = new(
        ("sae-lens", SaeFamily.SaeLens), ("gemma-scope", SaeFamily.GemmaScope), ("gemma-scope-2", SaeFamily.GemmaScope2), ("sparsify", SaeFamily.Sparsify),
        ("dictionary-learning", SaeFamily.DictionaryLearning), ("openai", SaeFamily.OpenAi), ("llama-scope", SaeFamily.LlamaScope), ("linear-layers", SaeFamily.LinearLayers),
        ("circuit-tracer", SaeFamily.CircuitTracer));

    public static Names<SaeActivationKind> SaeActivations { get; } = new(("relu", SaeActivationKind.Relu), ("jumprelu", SaeActivationKind.JumpRelu),
        ("topk", SaeActivationKind.TopK), ("batchtopk", SaeActivationKind.BatchTopK), ("gated", SaeActivationKind.Gated));

    public static Names<SaeLayout> SaeLayouts { get; } =
        new(("input-first", SaeLayout.InputFirst), ("linear", SaeLayout.Linear), ("features-first", SaeLayout.FeaturesFirst));

    public static Names<AnalogyMethod> Analogies { get; } = new([.. Enum.GetValues<AnalogyMethod>().Select(value => (value.ShortName().Replace('_', '-'), value))]);

    public static Names<DirectionMethod> Directions { get; } = new(("mean-difference", DirectionMethod.MeanDifference), ("first-component", DirectionMethod.FirstComponent),
        ("discriminant", DirectionMethod.LinearDiscriminant), ("probe", DirectionMethod.LogisticProbe));

    /// <summary>The element types of files.</summary>
    public static Names<StoredElement> Stored { get; } = new([.. Enum.GetValues<StoredElement>().Select(value => (value.ToString().ToLowerInvariant(), value))]);

    /// <summary>The formats that are written.</summary>
    public static Names<VectorFileFormat> Written { get; } = new(
        ("npy", VectorFileFormat.Npy), ("safetensors", VectorFileFormat.Safetensors), ("word2vec-text", VectorFileFormat.Word2VecText),
        ("word2vec-binary", VectorFileFormat.Word2VecBinary), ("glove", VectorFileFormat.GloVeText), ("csv", VectorFileFormat.Csv),
        ("tsv", VectorFileFormat.Tsv), ("jsonl", VectorFileFormat.JsonLines));
}
