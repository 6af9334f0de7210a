using MicroCreds.Ledger.Gateway.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>How a record that was sent is answered.</summary>
internal static class CommittedResults
{
    /// <summary>Says 201 with the address of what was made, or 200 where the same had been sent before.</summary>
    public static Results<Created<TAnswer>, Ok<TAnswer>> ToResult<TRecord, TAnswer>(
        this Committed<TRecord> committed, TAnswer answer, Func<TAnswer, string> addressOf)
        where TRecord : class =>
        committed.Unchanged ? TypedResults.Ok(answer) : TypedResults.Created(addressOf(answer), answer);
}
