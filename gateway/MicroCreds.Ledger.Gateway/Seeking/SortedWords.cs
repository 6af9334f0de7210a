namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>Words in order, of which those with one beginning stand together. Never changed.</summary>
internal sealed class SortedWords
{
    private readonly string[] _words;

    /// <summary>Sorts words.</summary>
    public SortedWords(IEnumerable<string> words) => _words = [.. words.Order(StringComparer.Ordinal)];

    /// <summary>Lists the words that begin with some letters.</summary>
    public IEnumerable<string> BeginningWith(string letters)
    {
        int at = Array.BinarySearch(_words, letters, StringComparer.Ordinal);
        for (int i = at < 0 ? ~at : at; i < _words.Length; i++)
        {
            if (!_words[i].StartsWith(letters, StringComparison.Ordinal)) yield break;
            yield return _words[i];
        }
    }
}
