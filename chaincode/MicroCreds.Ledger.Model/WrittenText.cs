using System.Buffers;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// What people may write into a text, wherever it is judged: no character that makes it look like another text without
/// being seen itself.
/// </summary>
/// <remarks>
/// The characters stand here and are not asked of the platform, whose tables another version of .NET, on another peer,
/// may have otherwise.
/// </remarks>
public static class WrittenText
{
    private const int NonJoiner = 0x200C;
    private const int Joiner = 0x200D;

    /// <summary>The letter of the Hijri calendar's abbreviation, which ends with a joiner.</summary>
    private const int ArabicHeh = 0x0647;

    /// <summary>Characters that turn the direction of writing: whoever reads it sees another order.</summary>
    private static readonly (int First, int Last)[] Directions =
    [
        (0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069),
    ];

    /// <summary>Characters that nobody sees, which no language needs within a name or a sentence.</summary>
    private static readonly (int First, int Last)[] Invisibles =
    [
        (0x00AD, 0x00AD), (0x115F, 0x1160), (0x180E, 0x180E), (0x200B, 0x200B), (0x2028, 0x2029), (0x2060, 0x2065),
        (0x206A, 0x206F), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F),
    ];

    /// <summary>Scripts whose letters change their form by a joiner or a non-joiner: Arabic to Brahmic ones.</summary>
    private static readonly (int First, int Last)[] JoiningScripts =
    [
        (0x0600, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x18AF), (0x1A20, 0x1BFF), (0xA800, 0xABFF), (0xFB50, 0xFDFF),
        (0xFE70, 0xFEFC), (0x11000, 0x11FFF), (0x1E900, 0x1E95F),
    ];

    /// <summary>Pictures, and what stands behind one to say how it is shown.</summary>
    private static readonly (int First, int Last)[] Pictures =
    [
        (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x203C, 0x203C), (0x2049, 0x2049), (0x20E3, 0x20E3), (0x2122, 0x2122),
        (0x2139, 0x2139), (0x2190, 0x2BFF), (0x3030, 0x303D), (0x3297, 0x3299), (0xFE0F, 0xFE0F), (0x1F000, 0x1FAFF),
    ];

    /// <summary>Names the first character that may not stand where it does, and the mend; null if all may.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLong">Whether it may have several lines.</param>
    public static string? FaultOf(string text, bool isLong = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        int before = -1;
        for (int i = 0; i < text.Length;)
        {
            var read = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out int length);
            if (read != OperationStatus.Done)
                return "holds half of a surrogate pair, which is no character: leave it out.";

            i += length;
            if (FaultOf(rune.Value, before, text.AsSpan(i), isLong) is { } fault) return fault;
            before = rune.Value;
        }

        return null;
    }

    private static string? FaultOf(int code, int before, ReadOnlySpan<char> rest, bool isLong)
    {
        if (code is < 0x20 or (>= 0x7F and < 0xA0))
        {
            return isLong && code is ('\n' or '\r' or '\t')
                ? null
                : $"holds the control character U+{code:X4}: leave it out.";
        }

        if (code < 0xA0) return null;

        if (IsOf(Directions, code))
            return $"holds the control character U+{code:X4}, which turns the direction of writing: leave it out.";

        if (IsOf(Invisibles, code)) return $"holds the invisible character U+{code:X4}: leave it out.";

        if (code is not (NonJoiner or Joiner) || IsNeeded(code, before, rest)) return null;

        return $"holds the invisible character U+{code:X4} where no script needs it: leave it out there.";
    }

    private static bool IsNeeded(int code, int before, ReadOnlySpan<char> rest)
    {
        int after = Rune.DecodeFromUtf16(rest, out var next, out _) == OperationStatus.Done ? next.Value : -1;
        if (IsOf(JoiningScripts, after)) return IsOf(JoiningScripts, before) || before is >= '0' and <= '9';

        // Some letters of Malayalam, and the Hijri year of Arabic, end with a joiner.
        return code == Joiner
            && (IsVirama(before) || before == ArabicHeh || (IsOf(Pictures, before) && IsOf(Pictures, after)));
    }

    /// <summary>The sign that takes a letter's vowel: at the same place in each of India's alphabets.</summary>
    private static bool IsVirama(int code) =>
        (code is >= 0x0900 and < 0x0D80 && (code & 0x7F) == 0x4D) || code == 0x0DCA;

    private static bool IsOf((int First, int Last)[] ranges, int code)
    {
        foreach (var (first, last) in ranges)
        {
            if (code >= first && code <= last) return true;
        }

        return false;
    }
}
