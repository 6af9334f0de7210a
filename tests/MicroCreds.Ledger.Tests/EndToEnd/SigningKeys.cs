using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The keys that institutions sign with, as a member has its own in its hand.</summary>
internal static class SigningKeys
{
    /// <summary>The key that an institution signs with, out of its gateway's data.</summary>
    public static async Task<IssuerKey> SigningKeyOfAsync(
        this RunningConsortium consortium, RunningInstitution institution)
    {
        var (_, members) = await institution.SendAsync(HttpMethod.Get, "/v1/institutions?pageSize=50");
        string id = members!["items"]!.AsArray().Single(one => (string?)one!["mspId"] == institution.MspId)!["keys"]!
            .AsArray().Where(one => one!["revokedAt"] is null).Select(one => (string)one!["id"]!)
            .Last(one => !KeyPurpose.IsForLog(one));
        string? file = Directory.EnumerateFiles(consortium.State, id + ".pem", SearchOption.AllDirectories)
            .FirstOrDefault();
        Assert.SkipWhen(file is null, $"{id}.pem of {institution.MspId} is not within reach: it lies in a container.");
        var key = IssuerKey.Of(IssuerPrivateKey.FromPem(
            await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
        Assert.Equal(id, key.Id);
        return key;
    }
}
