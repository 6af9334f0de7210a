using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>A name of a PDF, without its slash.</summary>
internal sealed record PdfName(string Text);

/// <summary>A word of a PDF that is none of its values: an operator, or true, false and null.</summary>
internal sealed record PdfWord(string Text);

/// <summary>What refers to an object of a PDF.</summary>
internal sealed record PdfReference(int Number);

/// <summary>A PDF has something in it that is no PDF, or more than is read.</summary>
internal sealed class PdfFormatException() : Exception("This is not how a PDF is written.");

/// <summary>
/// Reads values of a PDF: numbers as <see cref="double"/>, strings as bytes, names, references, arrays as lists,
/// dictionaries by name, and words for what is none of these. Never deeper than a named depth.
/// </summary>
/// <param name="data">The bytes in which values stand.</param>
/// <param name="at">Where the first begins.</param>
internal sealed class PdfLexer(byte[] data, int at)
{
    private const int MaxDepth = 40;
    private const int MaxItems = 200_000;

    private int _items;

    /// <summary>Where the next byte is read.</summary>
    public int At { get; private set; } = at;

    /// <summary>Reads one value.</summary>
    /// <exception cref="PdfFormatException">There is none.</exception>
    public object Read(int depth = 0)
    {
        if (depth > MaxDepth || ++_items > MaxItems) throw new PdfFormatException();
        SkipSpace();
        return Peek() switch
        {
            '/' => new PdfName(ReadName()),
            '(' => ReadString(),
            '[' => ReadArray(depth),
            '<' when Peek(1) == '<' => ReadDictionary(depth),
            '<' => ReadHexadecimal(),
            '+' or '-' or '.' or (>= '0' and <= '9') => ReadNumberOrReference(),
            _ => ReadWord(),
        };
    }

    /// <summary>Passes over a word if it is the next.</summary>
    public bool Take(string word)
    {
        SkipSpace();
        if (data.Length - At < word.Length) return false;
        for (int i = 0; i < word.Length; i++)
        {
            if (data[At + i] != word[i]) return false;
        }

        At += word.Length;
        return true;
    }

    /// <summary>Passes over the line end between the word stream and its bytes.</summary>
    public void SkipLineEnd()
    {
        if (Peek() == '\r') At++;
        if (Peek() == '\n') At++;
    }

    /// <summary>Passes over the bytes of a picture within a page's program.</summary>
    public void SkipInlineImage()
    {
        int end = data.AsSpan(At).IndexOf("EI"u8);
        while (end >= 0 && !(IsSpace(data[At + end - 1])
            && (At + end + 2 == data.Length || IsSpace(data[At + end + 2]))))
        {
            int next = data.AsSpan(At + end + 2).IndexOf("EI"u8);
            end = next < 0 ? -1 : end + 2 + next;
        }

        At = end < 0 ? data.Length : At + end + 2;
    }

    public static bool IsSpace(byte one) => one is 0 or 9 or 10 or 12 or 13 or 32;

    private static bool IsDelimiter(byte one) =>
        (char)one is '(' or ')' or '<' or '>' or '[' or ']' or '{' or '}' or '/' or '%';

    private void SkipSpace()
    {
        while (At < data.Length)
        {
            if (data[At] == '%')
            {
                while (At < data.Length && data[At] is not 10 and not 13) At++;
            }
            else if (IsSpace(data[At]))
            {
                At++;
            }
            else
            {
                return;
            }
        }
    }

    private char Peek(int ahead = 0) => At + ahead < data.Length ? (char)data[At + ahead] : '\0';

    private string ReadName()
    {
        var name = new StringBuilder();
        for (At++; At < data.Length && !IsSpace(data[At]) && !IsDelimiter(data[At]); At++)
        {
            if (data[At] == '#' && char.IsAsciiHexDigit(Peek(1)) && char.IsAsciiHexDigit(Peek(2)))
            {
                name.Append((char)((Digit(Peek(1)) << 4) | Digit(Peek(2))));
                At += 2;
            }
            else
            {
                name.Append((char)data[At]);
            }
        }

        return name.ToString();
    }

    private List<object?> ReadArray(int depth)
    {
        var array = new List<object?>();
        for (At++; ;)
        {
            SkipSpace();
            if (At >= data.Length) throw new PdfFormatException();
            if (Peek() == ']')
            {
                At++;
                return array;
            }

            array.Add(Read(depth + 1));
        }
    }

    private Dictionary<string, object?> ReadDictionary(int depth)
    {
        var dictionary = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (At += 2; ;)
        {
            SkipSpace();
            if (Peek() == '>' && Peek(1) == '>')
            {
                At += 2;
                return dictionary;
            }

            if (Peek() != '/') throw new PdfFormatException();
            string name = ReadName();
            dictionary[name] = Read(depth + 1);
        }
    }

    private byte[] ReadString()
    {
        using var text = new MemoryStream();
        int open = 1;
        for (At++; At < data.Length; At++)
        {
            byte one = data[At];
            if (one == '\\')
            {
                At++;
                ReadEscape(text);
                continue;
            }

            if (one == '(') open++;
            if (one == ')' && --open == 0)
            {
                At++;
                return text.ToArray();
            }

            text.WriteByte(one);
        }

        throw new PdfFormatException();
    }

    private void ReadEscape(MemoryStream text)
    {
        char one = Peek();
        if (one is >= '0' and <= '7')
        {
            int value = 0;
            int digits = 0;
            while (digits < 3 && Peek() is >= '0' and <= '7' and var digit)
            {
                value = (value * 8) + (digit - '0');
                digits++;
                At++;
            }

            At--;
            text.WriteByte((byte)value);
            return;
        }

        if (one == '\r' && Peek(1) == '\n') At++;
        if (one is '\r' or '\n') return;
        text.WriteByte((byte)(one switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            _ => one,
        }));
    }

    // No longer than the file, as any string: pages have some of megabytes, and the whole has a time to be read in.
    private byte[] ReadHexadecimal()
    {
        using var text = new MemoryStream();
        int high = -1;
        for (At++; At < data.Length && data[At] != '>'; At++)
        {
            if (IsSpace(data[At])) continue;
            if (!char.IsAsciiHexDigit((char)data[At])) throw new PdfFormatException();
            int digit = Digit((char)data[At]);
            if (high >= 0) text.WriteByte((byte)((high << 4) | digit));
            high = high >= 0 ? -1 : digit;
        }

        At++;
        if (high >= 0) text.WriteByte((byte)(high << 4));
        return text.ToArray();
    }

    private object ReadNumberOrReference()
    {
        double number = ReadNumber();
        int after = At;
        if (number is >= 0 and < int.MaxValue && number == Math.Floor(number))
        {
            SkipSpace();
            if (char.IsAsciiDigit(Peek()))
            {
                ReadNumber();
                SkipSpace();
                if (Peek() == 'R' && (At + 1 >= data.Length || IsSpace(data[At + 1]) || IsDelimiter(data[At + 1])))
                {
                    At++;
                    return new PdfReference((int)number);
                }
            }
        }

        At = after;
        return number;
    }

    private double ReadNumber()
    {
        int begin = At;
        while (At < data.Length && ((char)data[At] is '+' or '-' or '.' || char.IsAsciiDigit((char)data[At]))) At++;
        var digits = data.AsSpan(begin, At - begin);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new PdfFormatException();
    }

    private PdfWord ReadWord()
    {
        int begin = At;
        while (At < data.Length && (char.IsAsciiLetter((char)data[At]) || (char)data[At] is '*' or '\'' or '"')) At++;
        return At > begin
            ? new PdfWord(Encoding.ASCII.GetString(data, begin, At - begin))
            : throw new PdfFormatException();
    }

    private static int Digit(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
