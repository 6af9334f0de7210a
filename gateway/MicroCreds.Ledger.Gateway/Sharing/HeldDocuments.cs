using System.Text.Json;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>The credentials of a learner's device as documents, so that they need not be brought along. Thread-safe.
/// </summary>
public sealed class HeldDocuments(Holdings holdings, DocumentStore documents, FormSigner signer, SignIn signIn)
{
    /// <summary>Gives what the device holds that sent a request; nothing if it is none.</summary>
    public async Task<IReadOnlyList<JsonElement>> OfAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (LearnerDevice.Of(context, signIn) is not { } device) return [];
        var held = new List<JsonElement>();
        foreach (var holding in holdings.List(device))
        {
            if (documents.Find(holding.Credential) is not { State: IssuanceState.Issued } found) continue;
            using var json = JsonDocument.Parse(await signer.GiveAsync(found.Document, context.RequestAborted));
            held.Add(json.RootElement.Clone());
        }

        return held;
    }
}
