using System.Globalization;
using System.Text;

namespace VecStore.Cli.Terminals;

/// <summary>Values as text for people.</summary>
internal static class Display
{
    /// <summary>Text from outside (keys, file names, metadata): control characters, which a terminal would obey, become \xHH.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')) return text;
        var clean = new StringBuilder();
        foreach (char c in text)
        {
            if (char.IsControl(c)) clean.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else clean.Append(c);
        }

        return clean.ToString();
    }

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 row", "2 rows".</summary>
    public static string Count(long count, string thing) => $"{Count(count)} {thing}{(count == 1 ? "" : "s")}";

    public static string Score(float score) => score.ToString("0.0000", CultureInfo.InvariantCulture);

    public static string Percent(double fraction) => double.IsFinite(fraction) ? (100 * fraction).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";

    public static string Bytes(long bytes)
    {
        double amount = bytes;
        string[] units = ["bytes", "KB", "MB", "GB", "TB"];
        int unit = 0;
        for (; amount >= 1_000 && unit < units.Length - 1; unit++) amount /= 1_000;
        return amount.ToString(unit == 0 || amount >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1 } => Number(time.TotalMicroseconds) + " µs",
        { TotalSeconds: < 1 } => Number(time.TotalMilliseconds) + " ms",
        { TotalMinutes: < 2 } => Number(time.TotalSeconds) + " s",
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    /// <summary>A number of things a second.</summary>
    public static string Rate(long count, double seconds) => seconds <= 0 ? "-" : Count((long)(count / seconds));

    /// <summary>Cuts to a width, with … in the place of what is missing.</summary>
    public static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(1, width) - 1), "…");

    private static string Number(double amount) => amount.ToString(amount < 10 ? "0.00" : amount < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
