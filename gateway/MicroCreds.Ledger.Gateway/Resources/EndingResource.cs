using System.Globalization;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/endings: what ends soon.</summary>
public static class EndingResource
{
    public static void MapEndings(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/endings", List)
        .TakesParameters("days")
        .WithTags("Consortium")
        .WithSummary("List what ends soon")
        .WithDescription(
            $"Within `?days=` ({Endings.DefaultDays} by default): accreditations of anyone, this institution's "
            + "agreements, notices that take effect in them, and open ballots; the nearest first.")
        .GivesProblems(400)
        .ReadableFromAnywhere();

    private static Ok<Page<Ending>> List(HttpRequest request, Endings endings)
    {
        string? text = request.Query["days"];
        int days = Endings.DefaultDays;
        if (!string.IsNullOrEmpty(text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days)
                || days is < 1 or > Endings.MaxDays))
            throw ProblemException.Invalid("days", $"must be a number from 1 to {Endings.MaxDays}.");
        return TypedResults.Ok(new Page<Ending>(endings.Within(days)));
    }
}
