using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Parses JSON that every reader understands alike (I-JSON, RFC 7493): what one parser could read otherwise than
/// another is refused, so that nothing is signed or hashed that could mean two things.
/// </summary>
public static class StrictJson
{
    /// <summary>
    /// Parses a document, which keeps referring to the bytes given: leave them as they are while it lives.
    /// </summary>
    /// <exception cref="StrictJsonException">
    /// Not JSON, invalid UTF-8, a duplicate name, a lone surrogate, a number that a double does not hold, nesting
    /// deeper than
    /// <paramref name="maxDepth"/>, or something behind the document.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth = Limits.MaxJsonDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxDepth);
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new StrictJsonException("", "The document is not valid UTF-8: send it in UTF-8 and nothing else.");
        }

        new Walk(maxDepth).Check(utf8.Span);
        return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth });
    }

    /// <summary>One pass over the tokens that knows where it is.</summary>
    private sealed class Walk(int maxDepth)
    {
        private readonly Stack<Level> _levels = new();

        public void Check(ReadOnlySpan<byte> utf8)
        {
            // One level more than is allowed, so that the refusal is ours and says why.
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
            while (Read(ref reader))
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        EnterMember(TextOf(ref reader, "name"));
                        continue;
                    case JsonTokenType.StartObject:
                    case JsonTokenType.StartArray:
                        EnterItem();
                        Deepen(reader.TokenType == JsonTokenType.StartObject);
                        continue;
                    case JsonTokenType.EndObject:
                    case JsonTokenType.EndArray:
                        _levels.Pop();
                        continue;
                    case JsonTokenType.String:
                        EnterItem();
                        if (reader.ValueIsEscaped) TextOf(ref reader, "string");

                        break;
                    case JsonTokenType.Number:
                        EnterItem();
                        CheckNumber(reader.ValueSpan);
                        break;
                    default:
                        EnterItem();
                        break;
                }
            }
        }

        private bool Read(ref Utf8JsonReader reader)
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

        private void EnterMember(string name)
        {
            var level = _levels.Peek();
            level.Name = name;
            if (!level.Names!.Add(name))
            {
                throw new StrictJsonException(Path(), "The name occurs twice in one object: it must be unique.");
            }
        }

        private void Deepen(bool isObject)
        {
            if (_levels.Count == maxDepth)
            {
                throw new StrictJsonException(Path(), $"The document is nested deeper than {maxDepth}: flatten it.");
            }

            _levels.Push(new Level(isObject));
        }

        private void EnterItem()
        {
            if (_levels.TryPeek(out var level) && level.Names is null) level.Index++;
        }

        private string TextOf(ref Utf8JsonReader reader, string kind)
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

        private void CheckNumber(ReadOnlySpan<byte> digits)
        {
            if (!ExactNumber.IsExact(digits))
            {
                throw new StrictJsonException(
                    Path(),
                    "The number does not survive as a double: use at most 15 digits within ±1e308, or a string.");
            }
        }

        private string Path()
        {
            var path = new StringBuilder();
            foreach (var level in _levels.Reverse())
            {
                if (level.Names is null && level.Index >= 0) path.Append('/').Append(level.Index);
                else if (level.Name is { } name) path.Append('/').Append(JsonPointer.Escape(name));
            }

            return path.ToString();
        }
    }

    private sealed class Level(bool isObject)
    {
        public SortedSet<string>? Names { get; } = isObject ? new(StringComparer.Ordinal) : null;

        public string? Name { get; set; }

        public int Index { get; set; } = -1;
    }
}
