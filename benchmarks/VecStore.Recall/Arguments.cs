using System.Globalization;
using VecStore.Indexing;

namespace VecStore.Recall;

/// <summary>What the command line says.</summary>
internal sealed record Arguments(string Data)
{
    public string? Out { get; init; }
    public string? Store { get; init; }
    public int Threads { get; init; } = 1;
    public int Turns { get; init; } = 5;
    public int M { get; init; } = 16;
    public int EfConstruction { get; init; } = 200;
    public int ExactQueries { get; init; } = 20;
    public int[] Efs { get; init; } = [10, 16, 32, 64, 128, 256, 512];
    public Traversal Traversal { get; init; } = Traversal.Codes;
    public Traversal BuildOn { get; init; } = Traversal.Codes;

    /// <summary>Null, with a line on standard error, when the command line cannot be understood.</summary>
    public static Arguments? Parse(string[] args)
    {
        try
        {
            var arguments = new Arguments("");
            for (int i = 0; i < args.Length; i += 2)
            {
                if (i + 1 == args.Length) throw new FormatException($"{args[i]} needs a value");
                string value = args[i + 1];
                arguments = args[i] switch
                {
                    "--data" => arguments with { Data = value },
                    "--out" => arguments with { Out = value },
                    "--store" => arguments with { Store = value },
                    "--threads" => arguments with { Threads = Number(value) },
                    "--turns" => arguments with { Turns = Number(value) },
                    "--m" => arguments with { M = Number(value) },
                    "--efc" => arguments with { EfConstruction = Number(value) },
                    "--exact-queries" => arguments with { ExactQueries = Number(value) },
                    "--efs" => arguments with { Efs = [.. value.Split(',').Select(Number)] },
                    "--traversal" => arguments with { Traversal = Enum.Parse<Traversal>(value, ignoreCase: true) },
                    "--build-on" => arguments with { BuildOn = Enum.Parse<Traversal>(value, ignoreCase: true) },
                    _ => throw new FormatException($"unknown option {args[i]}"),
                };
            }
            if (arguments.Data.Length == 0) throw new FormatException("--data FOLDER is needed");
            return arguments;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            Console.Error.WriteLine($"{e.Message}\nusage: --data FOLDER [--threads N] [--out FILE.json] [--store FOLDER] [--efs 16,32] [--turns N] [--m N] [--efc N] [--traversal Codes|Rows] [--build-on Codes|Rows] [--exact-queries N]");
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
