using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>Parses the payload of a token.</summary>
internal static class TokenPayload
{
    /// <exception cref="CredentialFormatException">It is no JSON object: there is nothing more to be read.</exception>
    public static JsonDocument Parse(byte[] payload, FaultCollector faults)
    {
        try
        {
            var document = StrictJson.Parse(payload);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            faults.Add(CompactJws.PayloadPath, "It must be a JSON object.");
        }
        catch (StrictJsonException e)
        {
            faults.Add(CompactJws.PayloadPath, e.Message);
        }

        throw new CredentialFormatException(faults.Faults);
    }
}
