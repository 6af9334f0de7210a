using System.Text;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Builds and splits composite keys: an object type and attributes that sort together.</summary>
/// <remarks>
/// Source: Fabric's chaincode shim, <c>CreateCompositeKey</c>. A composite key starts with U+0000, and each part ends
/// with U+0000; parts hold neither U+0000 nor U+10FFFF. Thread-safe.
/// </remarks>
public static class CompositeKey
{
    /// <summary>U+0000: starts every composite key and ends each of its parts.</summary>
    public const char Separator = '\0';

    /// <summary>U+10FFFF, the last code point: the end of a range over a partial composite key.</summary>
    public const string MaxCodePoint = "\U0010FFFF";

    /// <summary>Joins an object type and attributes into a key.</summary>
    /// <exception cref="StateArgumentException">
    /// A part holds U+0000, U+10FFFF or a lone surrogate; the message names the part and the position.
    /// </exception>
    public static string Create(string objectType, params ReadOnlySpan<string> attributes)
    {
        Validate(objectType, "object type");
        var key = new StringBuilder().Append(Separator).Append(objectType).Append(Separator);
        for (int i = 0; i < attributes.Length; i++)
        {
            Validate(attributes[i], $"attribute {i}");
            key.Append(attributes[i]).Append(Separator);
        }

        return key.ToString();
    }

    /// <summary>
    /// Returns the range [start, end) of all keys that begin with these parts: the key of just these, and those that
    /// have more.
    /// </summary>
    /// <exception cref="StateArgumentException">A part cannot be in a composite key.</exception>
    public static (string Start, string End) Range(string objectType, params ReadOnlySpan<string> attributes)
    {
        string prefix = Create(objectType, attributes);
        return (prefix, prefix + MaxCodePoint);
    }

    /// <summary>Splits a key into its object type and attributes.</summary>
    /// <exception cref="FormatException">The key is not a composite key.</exception>
    public static (string ObjectType, string[] Attributes) Split(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length < 2 || key[0] != Separator || key[^1] != Separator)
        {
            throw new FormatException("Not a composite key: it must start and end with U+0000.");
        }

        string[] parts = key[1..^1].Split(Separator);
        return (parts[0], parts[1..]);
    }

    /// <summary>Tells whether a key lies in the name space of composite keys, closed to simple keys.</summary>
    public static bool IsComposite(string key) => !string.IsNullOrEmpty(key) && key[0] == Separator;

    private static void Validate(string part, string name)
    {
        ArgumentNullException.ThrowIfNull(part, name);
        int position = 0;
        foreach (var rune in EnumerateStrict(part, name))
        {
            if (rune.Value is 0 or 0x10FFFF)
            {
                throw new StateArgumentException(
                    $"The {name} of a composite key holds U+{rune.Value:X4} at position {position}: it is reserved.");
            }

            position += rune.Utf16SequenceLength;
        }
    }

    private static IEnumerable<Rune> EnumerateStrict(string part, string name)
    {
        for (int i = 0; i < part.Length;)
        {
            if (!Rune.TryGetRuneAt(part, i, out var rune))
            {
                throw new StateArgumentException(
                    $"The {name} of a composite key holds a lone surrogate at position {i}: it has no UTF-8 form.");
            }

            yield return rune;
            i += rune.Utf16SequenceLength;
        }
    }
}
