using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>The page that a list request asks for: <c>?pageSize=50&amp;after=…</c>.</summary>
public readonly record struct PageRequest(int Size, string? After)
{
    /// <summary>How many items a page has if nobody says.</summary>
    public const int DefaultSize = 50;

    private const int MaxAfterLength = 500;
    private const int IdLength = 32;

    /// <summary>The parameters that ask for it.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["pageSize", "after"];

    /// <summary>Reads it from the query.</summary>
    /// <exception cref="ProblemException">The size is none, or out of bounds.</exception>
    public static PageRequest Of(HttpRequest request) => Of(request.Query);

    /// <summary>Reads it from a query.</summary>
    /// <exception cref="ProblemException">The size is none, or out of bounds.</exception>
    public static PageRequest Of(IQueryCollection query)
    {
        int size = DefaultSize;
        if (query.TryGetValue("pageSize", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
                || size is < 1 or > Limits.MaxPageSize))
        {
            throw ProblemException.Invalid("pageSize", $"must be a number from 1 to {Limits.MaxPageSize}.");
        }

        string? after = query["after"];
        if (after is { Length: > MaxAfterLength })
            throw ProblemException.Invalid("after", "must be what `next` of the page before said.");
        return new PageRequest(size, string.IsNullOrEmpty(after) ? null : after);
    }

    /// <summary>
    /// Behind which thing it begins, of those that are named by 32 hexadecimal digits and are listed the newest first;
    /// none if it is the first page. What is gone by now still has its place.
    /// </summary>
    /// <exception cref="ProblemException">It is no such name.</exception>
    public string? AfterId => After is null || (After.Length == IdLength && After.All(char.IsAsciiHexDigitLower))
        ? After
        : throw ProblemException.Invalid("after", "must be what `next` of the page before said.");

    /// <summary>
    /// Makes a page of what was read; one more than the size was asked for, to see whether there is a next.
    /// </summary>
    public Page<T> Take<T>(IReadOnlyList<T> oneMore, Func<T, string> nameOf) =>
        oneMore.Count <= Size
            ? new Page<T>(oneMore)
            : new Page<T>([.. oneMore.Take(Size)], nameOf(oneMore[Size - 1]));

    /// <summary>Makes a page of records in memory, which are in the order of their names.</summary>
    /// <param name="sorted">The records.</param>
    /// <param name="nameOf">Names a record.</param>
    /// <param name="answerOf">Tells a record.</param>
    /// <param name="isMeant">Which of the answers are asked for. Default is all.</param>
    public Page<TAnswer> List<TRecord, TAnswer>(
        IEnumerable<TRecord> sorted, Func<TRecord, string> nameOf, Func<TRecord, TAnswer> answerOf,
        Func<TAnswer, bool>? isMeant = null)
    {
        string? after = After;
        var found = sorted.Where(one => after is null || string.CompareOrdinal(nameOf(one), after) > 0)
            .Select(one => (Name: nameOf(one), Answer: answerOf(one)))
            .Where(item => isMeant is null || isMeant(item.Answer))
            .Take(Size + 1).ToList();
        var page = Take(found, item => item.Name);
        return new Page<TAnswer>([.. page.Items.Select(item => item.Answer)], page.Next);
    }
}
