using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// The one form in which names and identifiers are compared, so that what looks alike is alike: without case, accents,
/// invisible characters and punctuation, and with letters of other alphabets that look Latin as Latin ones. It is made
/// from a table of its own, since every peer must come to the same form, whichever version of Unicode its system has.
/// </summary>
public static class ComparableText
{
    private const int AlphabetLength = 26;

    /// <summary>Each line: a character, and those that are taken for it, in lower case.</summary>
    private static readonly string[] Alike =
    [
        "0⁰₀⓪",
        "1¹₁①",
        "2²₂②",
        "3³₃③",
        "4⁴₄④",
        "5⁵₅⑤",
        "6⁶₆⑥",
        "7⁷₇⑦",
        "8⁸₈⑧",
        "9⁹₉⑨",
        "aªàáâãäåāăąǎǟǡǻȁȃȧᴬᵃḁạảấầẩẫậắằẳẵặₐаɑα",
        "bᴮᵇḃḅḇℬьв",
        "cçćĉċčᶜḉℂℭⅽꟲсϲ",
        "dďᴰᵈḋḍḏḑḓⅅⅆⅾԁ",
        "eèéêëēĕėęěȅȇȩᴱᵉḕḗḙḛḝẹẻẽếềểễệₑℯℰⅇеєҽ",
        "fᶠḟℱꟳ",
        "gĝğġģǧǵᴳᵍḡℊց",
        "hĥȟʰᴴḣḥḧḩḫẖₕℋℌℍℎһհ",
        "iìíîïĩīĭįİǐȉȋᴵᵢḭḯỉịⁱℐℑℹⅈⅰіıιӏ",
        "jĵǰʲᴶⅉⱼјϳ",
        "kķǩᴷᵏḱḳḵₖκкқ",
        "lĺļľˡᴸḷḹḻḽₗℒℓⅼł",
        "mᴹᵐḿṁṃₘℳⅿм",
        "nñńņňǹᴺṅṇṉṋⁿₙℕոη",
        "oºòóôõöōŏőơǒǫǭȍȏȫȭȯȱᴼᵒṍṏṑṓọỏốồổỗộớờởỡợₒℴоοσօøө",
        "pᴾᵖṕṗₚℙрρ",
        "qℚꟴԛ",
        "rŕŗřȑȓʳᴿᵣṙṛṝṟℛℜℝг",
        "sśŝşšſșˢṡṣṥṧṩẛₛѕ",
        "tţťțᵀᵗṫṭṯṱẗₜτт",
        "uùúûüũūŭůűųưǔǖǘǚǜȕȗᵁᵘᵤṳṵṷṹṻụủứừửữựυս",
        "vᵛᵥṽṿⅴⱽν",
        "wŵʷᵂẁẃẅẇẉẘѡԝ",
        "xˣẋẍₓⅹхχ",
        "yýÿŷȳʸẏẙỳỵỷỹуγү",
        "zźżžᶻẑẓẕℤℨᴢ",
    ];

    /// <summary>Characters that are taken for several.</summary>
    private static readonly FrozenDictionary<int, string> AlikeSeveral = new SortedDictionary<int, string>
    {
        ['ß'] = "ss",
        ['æ'] = "ae",
        ['œ'] = "oe",
        ['þ'] = "th",
        ['ð'] = "d",
        ['đ'] = "d",
        ['ħ'] = "h",
        ['ĳ'] = "ij",
        ['ǆ'] = "dz",
        ['ǉ'] = "lj",
        ['ǌ'] = "nj",
        ['ﬀ'] = "ff",
        ['ﬁ'] = "fi",
        ['ﬂ'] = "fl",
        ['ﬃ'] = "ffi",
        ['ﬄ'] = "ffl",
        ['ﬅ'] = "st",
        ['ﬆ'] = "st",
        ['&'] = " and ",
        ['№'] = "no",
        ['™'] = "tm",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<int, char> AlikeOne = Alike
        .SelectMany(line => line.Skip(1).Select(c => KeyValuePair.Create((int)c, line[0])))
        .ToFrozenDictionary();

    /// <summary>Returns the form in which a name is compared: words apart by one space each.</summary>
    public static string OfName(string name) => Fold(name, keepSpaces: true);

    /// <summary>Returns the form in which an identifier is compared; an address without its scheme.</summary>
    public static string OfIdentifier(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string text = value.Trim().ToLowerInvariant();
        foreach (string prefix in (string[])["https://", "http://", "www."])
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal)) text = text[prefix.Length..];
        }

        return Fold(text, keepSpaces: false);
    }

    /// <summary>
    /// Tells whether one word has letters of several alphabets that look alike: no honest name has, and whoever votes
    /// cannot see it.
    /// </summary>
    public static bool HasMixedWord(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var seen = Alphabet.None;
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.NonSpacingMark))
            {
                seen = Alphabet.None;
                continue;
            }

            var alphabet = AlphabetOf(rune.Value);
            if (alphabet != Alphabet.None && seen != Alphabet.None && alphabet != seen) return true;
            if (alphabet != Alphabet.None) seen = alphabet;
        }

        return false;
    }

    private static string Fold(string text, bool keepSpaces)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
                || rune.Value is '\'' or '’' or 'ʼ')
                continue;
            string plain = Plain(rune);
            foreach (var letter in plain.EnumerateRunes())
            {
                if (Rune.IsLetterOrDigit(letter)) folded.Append(letter.ToString());
                else if (keepSpaces && folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
            }
        }

        // A text of punctuation alone would be like every other such text.
        return folded.Length == 0 ? text.Trim() : folded.ToString().TrimEnd();
    }

    private static string Plain(Rune rune)
    {
        int value = rune.Value switch
        {
            >= 0xFF01 and <= 0xFF5E => rune.Value - 0xFEE0,
            >= 0x1D400 and <= 0x1D6A3 => 'a' + ((rune.Value - 0x1D400) % AlphabetLength),
            >= 0x1D7CE and <= 0x1D7FF => '0' + ((rune.Value - 0x1D7CE) % 10),
            >= 0x24B6 and <= 0x24CF => 'a' + rune.Value - 0x24B6,
            >= 0x24D0 and <= 0x24E9 => 'a' + rune.Value - 0x24D0,
            _ => rune.Value,
        };
        value = Rune.ToLowerInvariant(new Rune(value)).Value;
        return AlikeSeveral.TryGetValue(value, out string? several) ? several
            : AlikeOne.TryGetValue(value, out char one) ? one.ToString()
            : new Rune(value).ToString();
    }

    private static Alphabet AlphabetOf(int value) => value switch
    {
        < 0x41 => Alphabet.None,
        < 0x250 or (>= 0x1E00 and <= 0x1EFF) => Alphabet.Latin,
        (>= 0x370 and <= 0x3FF) or (>= 0x1F00 and <= 0x1FFF) => Alphabet.Greek,
        (>= 0x400 and <= 0x52F) or (>= 0x1C80 and <= 0x1C8F) => Alphabet.Cyrillic,
        >= 0x530 and <= 0x58F => Alphabet.Armenian,
        (>= 0x13A0 and <= 0x13FF) or (>= 0xAB70 and <= 0xABBF) => Alphabet.Cherokee,
        _ => Alphabet.None,
    };

    private enum Alphabet
    {
        None,
        Latin,
        Greek,
        Cyrillic,
        Armenian,
        Cherokee,
    }
}
