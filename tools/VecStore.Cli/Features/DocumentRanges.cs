using System.Globalization;

namespace VecStore.Cli.Features;

/// <summary>Documents named by number: "0-99,200,300-" means 0 to 99, 200, and from 300 on.</summary>
internal static class DocumentRanges
{
    public static Func<long, bool>? Parse(string? text)
    {
        if (text is null) return null;
        List<(long First, long Last)> ranges = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !Number(ends[0], out long first)) throw Mistake(text);
            long last = first;
            if (ends.Length == 2 && ends[1].Length == 0) last = long.MaxValue;
            else if (ends.Length == 2 && !Number(ends[1], out last)) throw Mistake(text);
            if (last < first) throw Mistake(text);
            ranges.Add((first, last));
        }

        return document => ranges.Exists(range => document >= range.First && document <= range.Last);
    }

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static MistakeException Mistake(string text) => new($"--documents {text} is not possible: numbers and ranges like 0-99,200,300- are.");
}
