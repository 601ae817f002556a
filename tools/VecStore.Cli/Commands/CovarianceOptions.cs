using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Importing;

namespace VecStore.Cli.Commands;

/// <summary>
/// Lets several processes share the pass over the rows: each writes the state of its part to a file with --shard and --partial-out, and one takes the files with --partials
/// in the place of the pass. The figures have the bits of one process alone.
/// </summary>
internal sealed class CovarianceOptions
{
    private readonly Option<string?> shard = Setting.Text("--shard", "i/n", "Pass over the i-th of n parts of the rows only, and write its state with --partial-out.");
    private readonly Option<string?> partialOut = Setting.Text("--partial-out", "FILE", "With --shard: where the state goes.");
    private readonly Option<string[]?> partials = new("--partials")
    {
        Description = "The files of all parts, in any order, in the place of a pass over the rows.",
        HelpName = "FILE...",
        AllowMultipleArgumentsPerToken = true,
    };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { shard, partialOut, partials }) command.Options.Add(option);
    }

    /// <summary>Checks that the options fit together; true when only a part is to be written.</summary>
    public bool IsPart(ParseResult parse)
    {
        if ((parse.GetValue(shard) is null) != (parse.GetValue(partialOut) is null)) throw new MistakeException("--shard and --partial-out belong together.");
        bool part = parse.GetValue(shard) is not null;
        if (part && Files(parse).Length > 0) throw new MistakeException("--shard makes a part, --partials takes parts: not both at once.");
        return part;
    }

    /// <summary>The inner product, which a file of a part does not know.</summary>
    public void Check(ParseResult parse, InnerProduct? inner)
    {
        if (inner is not null && (IsPart(parse) || Files(parse).Length > 0)) throw new MistakeException("Parts are made of the rows as stored: --metric is not possible with --shard and --partials.");
    }

    /// <summary>Passes over a part and writes its state.</summary>
    public IAnalysisResult WritePart(ParseResult parse, IKeyedRows rows, ScanOptions scan, CancellationToken cancellation)
    {
        Shard one = Shard.Parse(parse.GetValue(shard)!);
        string path = parse.GetValue(partialOut)!;
        PartialScan<Covariance, CovarianceResult> part = Scan.Partial(rows, new Covariance(rows.Dimension), scan with { Part = one.Index - 1, Parts = one.Count }, cancellation);
        string beside = path + ".new";
        using (FileStream file = File.Create(beside)) part.Write(file);
        File.Move(beside, path, overwrite: true);
        return new AnalysisReport("Part of a covariance", [new("partial", path), new("shard", one.ToString()), new("rows_seen", part.RowsSeen), new("total_rows", part.TotalRows)], []);
    }

    /// <summary>The covariance of the files given; null when there are none.</summary>
    public CovarianceResult? Combined(ParseResult parse, IKeyedRows rows)
    {
        PartialScan<Covariance, CovarianceResult>? whole = null;
        foreach (string path in Files(parse))
        {
            if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
            try
            {
                using FileStream file = File.OpenRead(path);
                PartialScan<Covariance, CovarianceResult> part = PartialScan<Covariance, CovarianceResult>.Read(file);
                if (part.TotalRows != rows.Count || part.Dimension != rows.Dimension)
                    throw new MistakeException($"{path} is a part of {part.TotalRows} rows x {part.Dimension}; the rows asked are {rows.Count} x {rows.Dimension}.");
                if (whole is null) whole = part;
                else whole.Combine(part);
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                throw new MistakeException($"{path}: {CommandLine.MessageOf(e)}.");
            }
        }

        if (whole is null || whole.IsComplete) return whole?.Finish();
        throw new MistakeException($"The parts have {whole.RowsSeen} of {whole.TotalRows} rows; --partials needs the files of all.");
    }

    private string[] Files(ParseResult parse) => parse.GetValue(partials) ?? [];
}
