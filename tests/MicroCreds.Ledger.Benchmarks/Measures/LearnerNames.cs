namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Names as a university's: of a hundred thousand people many share a word, and no word is a number. An index of names
/// that no two people share would be another measurement.
/// </summary>
internal sealed class LearnerNames
{
    private const int FirstNames = 3_000;
    private const int LastNames = 20_000;
    private const string Consonants = "bdfghjklmnprstvz";
    private const string Vowels = "aeiou";

    private readonly Random _random = new(20261128);
    private readonly string[] _first;
    private readonly string[] _last;

    public LearnerNames()
    {
        _first = [.. Enumerable.Range(0, FirstNames).Select(_ => Word(2))];
        _last = [.. Enumerable.Range(0, LastNames).Select(_ => Word(_random.Next(2, 5)))];
    }

    public string Next() => $"{_random.GetItems(_first, 1)[0]} {_random.GetItems(_last, 1)[0]}";

    private string Word(int syllables)
    {
        string word = string.Concat(Enumerable.Range(0, syllables).Select(_ =>
            $"{Consonants[_random.Next(Consonants.Length)]}{Vowels[_random.Next(Vowels.Length)]}"));
        return char.ToUpperInvariant(word[0]) + word[1..] + "nslr"[_random.Next(4)];
    }
}
