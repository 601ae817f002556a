using System.Globalization;
using System.Text.Json;

using VecStore.Formats.Text;

namespace VecStore.Formats.Sae;

/// <summary>The configuration beside the weights, as flat names: nested objects joined by dots. Missing files are an empty configuration.</summary>
internal sealed class SaeConfiguration
{
    private const int Longest = 16 << 20;
    private const int Deepest = 16;

    private readonly Dictionary<string, object> values = [];

    public List<string> Paths { get; } = [];

    /// <summary>Whether a file of this name was found.</summary>
    public bool Has(string file) => Paths.Exists(path => string.Equals(Path.GetFileName(path), file, StringComparison.OrdinalIgnoreCase));

    public bool IsEmpty => values.Count == 0;

    /// <summary>Reads what lies beside a file of weights; of the same name in several files the first counts.</summary>
    public static SaeConfiguration Beside(string weights, string? stated)
    {
        SaeConfiguration configuration = new();
        string folder = Path.GetDirectoryName(Path.GetFullPath(weights))!;
        string stem = Path.GetFileNameWithoutExtension(weights);
        string[] candidates = stated is not null ? [stated] :
        [
            Path.Combine(folder, stem + "_cfg.json"), Path.Combine(folder, "cfg.json"), Path.Combine(folder, "config.json"), Path.Combine(folder, "hyperparams.json"),
            Path.Combine(folder, "wandb-config.yaml"), Path.Combine(folder, "wanb-config.yaml"), Path.Combine(folder, "activation_scaler.json"),
            .. Path.GetFileName(folder) == "checkpoints" ? [Path.Combine(folder, "..", "hyperparams.json"), Path.Combine(folder, "..", "config.json")] : Array.Empty<string>(),
        ];
        if (stated is not null && !File.Exists(stated)) throw new VectorFileException(stated, 0, "there is no such configuration");
        foreach (string path in candidates.Where(File.Exists)) configuration.Read(path);
        return configuration;
    }

    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (values.TryGetValue(name, out object? value)) return Convert.ToString(value, CultureInfo.InvariantCulture);
        return null;
    }

    public double? Number(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (values.TryGetValue(name, out object? value) && value is double number) return number;
        return null;
    }

    public bool? Flag(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (values.TryGetValue(name, out object? value) && value is bool flag) return flag;
        return null;
    }

    public int? Whole(params ReadOnlySpan<string> names) => Number(names) is { } number && number == Math.Floor(number) && Math.Abs(number) < int.MaxValue ? (int)number : null;

    public void Put(string name, object value) => values[name] = value is long whole ? (double)whole : value;

    private void Read(string path)
    {
        Paths.Add(path);
        if (new FileInfo(path).Length > Longest) throw new VectorFileException(path, 0, $"a configuration of more than {Longest:N0} bytes");
        if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
        {
            ReadYaml(path);
            return;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = Deepest });
            Flatten("", document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new VectorFileException(path, 0, $"the configuration is not JSON: {JsonReason.Of(error)}", error);
        }
    }

    private void Flatten(string name, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject()) Flatten(name.Length == 0 ? property.Name : $"{name}.{property.Name}", property.Value);
                break;
            case JsonValueKind.String: values.TryAdd(name, element.GetString()!); break;
            case JsonValueKind.Number: values.TryAdd(name, element.GetDouble()); break;
            case JsonValueKind.True or JsonValueKind.False: values.TryAdd(name, element.GetBoolean()); break;
        }
    }

    // Only scalars at the top: all that such files say of interest. W&B writes {"value": x} one level down.
    private void ReadYaml(string path)
    {
        string top = "";
        foreach (string line in File.ReadLines(path))
        {
            string text = line.TrimEnd();
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text.TrimStart().StartsWith('#')) continue;
            string key = text[..colon].Trim(), value = text[(colon + 1)..].Trim().Trim('\'', '"');
            if (!char.IsWhiteSpace(text[0])) top = key;
            string name = char.IsWhiteSpace(text[0]) ? key == "value" ? top : "" : key;
            if (name.Length == 0 || value.Length == 0) continue;
            if (value is "true" or "false") values.TryAdd(name, value == "true");
            else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) values.TryAdd(name, number);
            else values.TryAdd(name, value);
        }
    }
}
