using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// One pass over a document's tokens that knows where it is. Names stay where they stand in the text, since almost none
/// is ever asked for: every document that is verified goes through here.
/// </summary>
internal ref struct StrictJsonWalk
{
    /// <summary>From how many names on an object's are looked up instead of gone through.</summary>
    private const int ManyNames = 48;

    private const int UsualDepth = 8;
    private const int UsualNames = 64;

    private readonly ReadOnlySpan<byte> _utf8;
    private readonly int _maxDepth;
    private readonly List<Level> _levels = new(UsualDepth);
    private readonly List<Name> _names = new(UsualNames);

    // Where the next token begins if there is nothing but commas between them.
    private long _next;

    /// <summary>Prepares a pass over a text that is valid UTF-8.</summary>
    public StrictJsonWalk(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        _utf8 = utf8;
        _maxDepth = maxDepth;
    }

    /// <summary>Whether nothing was seen yet that the canonical form writes otherwise.</summary>
    public bool IsCanonical { get; private set; } = true;

    /// <summary>Goes through the document.</summary>
    /// <exception cref="StrictJsonException">It could be read in two ways.</exception>
    public void Check()
    {
        // One level more than is allowed, so that the refusal is ours and says why.
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { MaxDepth = _maxDepth + 1 });
        while (Read(ref reader))
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    EnterMember(ref reader);
                    break;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    EnterItem(ref reader);
                    Deepen(reader.TokenType == JsonTokenType.StartObject);
                    break;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    ExpectAt(reader.TokenStartIndex, hasComma: false);
                    _names.RemoveRange(_levels[^1].FirstName, _names.Count - _levels[^1].FirstName);
                    _levels.RemoveAt(_levels.Count - 1);
                    break;
                default:
                    EnterItem(ref reader);
                    CheckValue(ref reader);
                    break;
            }

            _next = reader.BytesConsumed;
        }

        ExpectAt(_utf8.Length, hasComma: false);
    }

    private readonly bool Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (JsonException e)
        {
            throw new StrictJsonException(
                Path(), $"The document is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.",
                e);
        }
    }

    private void EnterMember(ref Utf8JsonReader reader)
    {
        var level = _levels[^1];
        int count = _names.Count - level.FirstName;
        ExpectAt(reader.TokenStartIndex, count > 0);
        var name = new Name(
            (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length,
            reader.ValueIsEscaped ? TextOf(ref reader, "name") : null);
        var text = BytesOf(name);

        // UTF-16 sorts what lies beyond ASCII otherwise than UTF-8 does. Among names that rise none stands twice: in a
        // canonical document each is held against the one before and no other.
        bool rises = level.Rises && name.Decoded is null && Ascii.IsValid(text)
            && (count == 0 || BytesOf(_names[^1]).SequenceCompareTo(text) < 0);

        // The colon counts as part of a name's token.
        if (!rises || reader.BytesConsumed != name.Start + name.Length + 2) IsCanonical = false;

        bool isNew = rises || (count < ManyNames ? !Holds(level.FirstName, name) : AddToMany(ref level, name));
        _names.Add(name);
        _levels[^1] = level with { HasName = true, Rises = rises };
        if (!isNew)
            throw new StrictJsonException(Path(), "The name occurs twice in one object: it must be unique.");
    }

    private readonly bool Holds(int first, Name name)
    {
        for (int i = first; i < _names.Count; i++)
        {
            var other = _names[i];
            if (other.Decoded is null && name.Decoded is null
                ? BytesOf(other).SequenceEqual(BytesOf(name))
                : TextOf(other) == TextOf(name))
                return true;
        }

        return false;
    }

    private readonly bool AddToMany(ref Level level, Name name)
    {
        if (level.Many is null)
        {
            var many = new SortedSet<string>(StringComparer.Ordinal);
            for (int i = level.FirstName; i < _names.Count; i++) many.Add(TextOf(_names[i]));
            level = level with { Many = many };
        }

        return level.Many!.Add(TextOf(name));
    }

    private void Deepen(bool isObject)
    {
        if (_levels.Count == _maxDepth)
            throw new StrictJsonException(Path(), $"The document is nested deeper than {_maxDepth}: flatten it.");

        _levels.Add(new Level(isObject, _names.Count));
    }

    private void EnterItem(ref Utf8JsonReader reader)
    {
        bool isInArray = _levels.Count > 0 && !_levels[^1].IsObject;
        if (isInArray) _levels[^1] = _levels[^1] with { Index = _levels[^1].Index + 1 };
        ExpectAt(reader.TokenStartIndex, isInArray && _levels[^1].Index > 0);
    }

    private void CheckValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped)
        {
            TextOf(ref reader, "string");
            IsCanonical = false;
        }
        else if (reader.TokenType == JsonTokenType.Number && !CanonicalNumber.IsPlainInteger(reader.ValueSpan))
        {
            if (!ExactNumber.IsExact(reader.ValueSpan))
            {
                throw new StrictJsonException(
                    Path(),
                    "The number does not survive as a double: use at most 15 digits within ±1e308, or a string.");
            }

            IsCanonical &= CanonicalNumber.IsCanonical(reader.ValueSpan);
        }
    }

    private void ExpectAt(long start, bool hasComma) => IsCanonical &= start == _next + (hasComma ? 1 : 0);

    private readonly string TextOf(ref Utf8JsonReader reader, string kind)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new StrictJsonException(
                Path(), $"The {kind} holds a lone surrogate (half of an escaped character): it is no text.", e);
        }
    }

    private readonly ReadOnlySpan<byte> BytesOf(Name name) => _utf8.Slice(name.Start, name.Length);

    private readonly string TextOf(Name name) => name.Decoded ?? Encoding.UTF8.GetString(BytesOf(name));

    private readonly string Path()
    {
        var path = new StringBuilder();
        for (int i = 0; i < _levels.Count; i++)
        {
            var level = _levels[i];
            if (!level.IsObject && level.Index >= 0)
            {
                path.Append('/').Append(level.Index);
            }
            else if (level.HasName)
            {
                // The level's newest name is the last one before those of the level inside it.
                int last = (i + 1 < _levels.Count ? _levels[i + 1].FirstName : _names.Count) - 1;
                path.Append('/').Append(JsonPointer.Escape(TextOf(_names[last])));
            }
        }

        return path.ToString();
    }

    /// <summary>A name where it stands, and its text if that stands otherwise there.</summary>
    private readonly record struct Name(int Start, int Length, string? Decoded);

    /// <summary>An object or list that is open.</summary>
    private readonly record struct Level(bool IsObject, int FirstName)
    {
        public int Index { get; init; } = -1;

        public bool HasName { get; init; }

        public bool Rises { get; init; } = true;

        public SortedSet<string>? Many { get; init; }
    }
}
