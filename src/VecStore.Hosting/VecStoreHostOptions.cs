using Microsoft.Extensions.Options;

namespace VecStore.Hosting;

/// <summary>How a host opens a store. Every property may come from the configuration.</summary>
public sealed class VecStoreHostOptions
{
    /// <summary>The folder of the store. Needed.</summary>
    public string Path { get; set; } = "";

    /// <summary>Make a new store when there is none; true unless the store is read only.</summary>
    public bool? CreateIfMissing { get; set; }

    /// <summary>Read what another process writes.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>What a commit promises.</summary>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>Who seals and merges.</summary>
    public Maintenance Maintenance { get; set; } = Maintenance.Background;

    /// <summary>Rows a memory segment takes before it is sealed: 16 to 1,048,576, or 0 to let the row size decide.</summary>
    public int SealRows { get; set; }

    /// <summary>Segments with fewer rows have no graph; at least 1.</summary>
    public int GraphMinRows { get; set; } = 2_000;

    /// <summary>
    /// Open the store while the host starts, so that a store that cannot be opened stops the start; true unless it is said. Otherwise it is opened when it is first asked for, and the
    /// health check is red while that fails.
    /// </summary>
    public bool OpenAtStart { get; set; } = true;

    internal StoreOptions ToStoreOptions(Action<StoreEvent> events) => new()
    {
        CreateIfMissing = CreateIfMissing ?? !ReadOnly,
        ReadOnly = ReadOnly,
        Durability = Durability,
        Maintenance = Maintenance,
        SealRows = SealRows,
        GraphMinRows = GraphMinRows,
        Events = events,
    };
}

/// <summary>Says what is wrong with <see cref="VecStoreHostOptions"/> before a store is opened with them.</summary>
internal sealed class VecStoreHostOptionsValidation : IValidateOptions<VecStoreHostOptions>
{
    public ValidateOptionsResult Validate(string? name, VecStoreHostOptions options)
    {
        string of = string.IsNullOrEmpty(name) ? "VecStore" : $"VecStore \"{name}\"";
        var mistakes = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Path)) mistakes.Add($"{of}: Path is missing; it is the folder of the store.");
        else if (File.Exists(options.Path)) mistakes.Add($"{of}: Path \"{options.Path}\" is a file; a store is a folder.");
        if (options.SealRows is not 0 and (< 16 or > 1 << 20)) mistakes.Add($"{of}: SealRows is {options.SealRows}; 16 to 1,048,576 are allowed, or 0 to let the row size decide.");
        if (options.GraphMinRows < 1) mistakes.Add($"{of}: GraphMinRows is {options.GraphMinRows}; at least 1 is needed.");
        if (!Enum.IsDefined(options.Durability)) mistakes.Add($"{of}: Durability is {options.Durability}; Full and Os are allowed.");
        if (!Enum.IsDefined(options.Maintenance)) mistakes.Add($"{of}: Maintenance is {options.Maintenance}; Background and Manual are allowed.");
        if (options is { ReadOnly: true, CreateIfMissing: true }) mistakes.Add($"{of}: ReadOnly and CreateIfMissing exclude one another.");
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
