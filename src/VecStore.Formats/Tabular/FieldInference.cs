using System.Globalization;

namespace VecStore.Formats.Tabular;

/// <summary>Finds the narrowest type that holds every value seen of a field.</summary>
internal sealed class FieldInference
{
    /// <summary>Rows and bytes (or characters) of the sample that decides.</summary>
    public const int SampleRows = 10_000;

    public const int SampleSize = 16 << 20;

    private bool any, notBool, notInt64, notDouble, notList, unfit;

    /// <summary>The type; null if the field holds what no type can (objects, lists of other than strings).</summary>
    public SourceFieldType? Type => unfit ? null
        : !any ? SourceFieldType.String
        : !notBool ? SourceFieldType.Bool
        : !notInt64 ? SourceFieldType.Int64
        : !notDouble ? SourceFieldType.Double
        : !notList ? SourceFieldType.StringList
        : SourceFieldType.String;

    public void SeeBool() => See(isBool: true);

    public void SeeInt64() => See(isInt64: true, isDouble: true);

    public void SeeDouble() => See(isDouble: true);

    public void SeeString() => See();

    public void SeeList() => See(isList: true);

    public void SeeUnfit() => unfit = any = true;

    /// <summary>Text of a table's cell, which may spell any type; empty cells are absent values.</summary>
    public void SeeText(string text)
    {
        if (text.Length == 0) return;
        if (bool.TryParse(text, out _)) SeeBool();
        else if (TryInt64(text, out _)) SeeInt64();
        else if (TryDouble(text, out _)) SeeDouble();
        else if (StringLists.TryParse(text, out _)) SeeList();
        else SeeString();
    }

    // 007 is a code, not a number.
    public static bool TryInt64(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && !IsCode(text);

    public static bool TryDouble(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !IsCode(text);

    private static bool IsCode(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart('-');
        return text[0] == '+' || char.IsWhiteSpace(text[0]) || (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]));
    }

    private void See(bool isBool = false, bool isInt64 = false, bool isDouble = false, bool isList = false)
    {
        any = true;
        notBool |= !isBool;
        notInt64 |= !isInt64;
        notDouble |= !isDouble;
        notList |= !isList;
    }
}
