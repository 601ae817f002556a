using System.Globalization;
using System.Reflection;

namespace VecStore.Typed;

/// <summary>A property of a record that is a metadata field, and how its values become those of the store and come back.</summary>
internal sealed class RecordProperty
{
    private readonly Func<object, FieldValue> _toField;
    private readonly Func<FieldValue, object> _fromField;

    private RecordProperty(PropertyInfo property, string field, FieldType type, Func<object, FieldValue> toField, Func<FieldValue, object> fromField)
    {
        Property = property;
        Field = field;
        Type = type;
        _toField = toField;
        _fromField = fromField;
    }

    public const string AllowedTypes = "string, bool, long, int, short, byte, double, float, enums, DateTime, DateTimeOffset, DateOnly, Guid, each also nullable, and arrays and lists of strings";

    public PropertyInfo Property { get; }

    public string Field { get; }

    public FieldType Type { get; }

    /// <summary>True when C# lets the property be null, so that a comparison with it means what C# says.</summary>
    public bool CanBeNull => !Property.PropertyType.IsValueType || Nullable.GetUnderlyingType(Property.PropertyType) is not null;

    public static RecordProperty Of(PropertyInfo property, string field)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        RecordProperty As(FieldType stored, Func<object, FieldValue> to, Func<FieldValue, object> from) => new(property, field, stored, to, from);
        if (type == typeof(string)) return As(FieldType.String, value => (string)value, value => value.AsString());
        if (type == typeof(bool)) return As(FieldType.Bool, value => (bool)value, value => value.AsBool());
        if (type == typeof(long)) return As(FieldType.Int64, value => (long)value, value => value.AsInt64());
        if (type == typeof(int)) return As(FieldType.Int64, value => (int)value, value => checked((int)value.AsInt64()));
        if (type == typeof(short)) return As(FieldType.Int64, value => (short)value, value => checked((short)value.AsInt64()));
        if (type == typeof(byte)) return As(FieldType.Int64, value => (byte)value, value => checked((byte)value.AsInt64()));
        if (type == typeof(double)) return As(FieldType.Double, value => (double)value, value => value.AsDouble());
        if (type == typeof(float)) return As(FieldType.Double, value => (double)(float)value, value => (float)value.AsDouble());
        if (type == typeof(DateTimeOffset)) return As(FieldType.Int64, value => ((DateTimeOffset)value).UtcTicks, value => new DateTimeOffset(value.AsInt64(), TimeSpan.Zero));
        if (type == typeof(DateTime)) return As(FieldType.Int64, value => UtcTicks((DateTime)value), value => new DateTime(value.AsInt64(), DateTimeKind.Utc));
        if (type == typeof(DateOnly)) return As(FieldType.Int64, value => ((DateOnly)value).DayNumber, value => DateOnly.FromDayNumber(checked((int)value.AsInt64())));
        if (type.IsEnum && Enum.GetUnderlyingType(type) != typeof(ulong))
            return As(FieldType.Int64, value => Convert.ToInt64(value, CultureInfo.InvariantCulture), value => Enum.ToObject(type, value.AsInt64()));
        if (type == typeof(Guid)) return As(FieldType.String, value => ((Guid)value).ToString("D"), value => Guid.ParseExact(value.AsString(), "D"));
        if (type == typeof(string[]) || type == typeof(IReadOnlyList<string>) || type == typeof(IEnumerable<string>))
            return As(FieldType.StringList, value => ((IEnumerable<string>)value).ToArray(), value => value.AsStringList().ToArray());
        if (type == typeof(List<string>) || type == typeof(IList<string>))
            return As(FieldType.StringList, value => ((IEnumerable<string>)value).ToArray(), value => value.AsStringList().ToList());
        throw new ArgumentException(
            $"The property {property.DeclaringType?.Name}.{property.Name} has type {property.PropertyType.Name}, which no field can hold; allowed are {AllowedTypes}.");
    }

    // A time of no stated kind is taken as UTC: the same on every machine.
    private static long UtcTicks(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime().Ticks : time.Ticks;

    /// <summary>The value of a record's property as the store keeps it; absent for null.</summary>
    public FieldValue Read(object record) => ToField(Property.GetValue(record));

    /// <summary>A value of the property's type, or of one that C# converts to it, as the store compares it.</summary>
    public FieldValue ToField(object? value) => value switch
    {
        null => default,
        int number => number, // also compared with a property of another numeric type
        long number => number,
        short number => number,
        byte number => number,
        double number => number,
        float number => (double)number,
        _ => _toField(value),
    };

    /// <summary>What the property is set to; null when the row lacks the field.</summary>
    public object? FromField(FieldValue value)
    {
        if (value.IsAbsent) return null;
        try
        {
            return _fromField(value);
        }
        catch (Exception failure) when (failure is OverflowException or FormatException or ArgumentException)
        {
            throw new InvalidOperationException($"The field \"{Field}\" holds {value}, which {Property.Name} of type {Property.PropertyType.Name} cannot be.", failure);
        }
    }
}
