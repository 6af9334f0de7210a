using System.Globalization;
using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// Does with private data what its arguments say: each is one step, "verb collection key value", and the answer has the
/// results, one a line; "status 404" makes it one of that status. A value that begins with @ is the name of one in the
/// transient data.
/// </summary>
internal sealed class PrivateDataChaincode : IChaincode
{
    public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        var results = new List<string>();
        int status = 0;
        try
        {
            foreach (var argument in stub.GetFunctionAndParameters().Parameters)
            {
                string[] step = Encoding.UTF8.GetString(argument.Span).Split(' ');
                if (step is ["status", var code])
                {
                    status = int.Parse(code, CultureInfo.InvariantCulture);
                    continue;
                }

                results.Add(await TakeAsync(stub, step));
            }
        }
        catch (PeerException refused)
        {
            return Response.Error(refused.Message);
        }

        return status == 0
            ? Response.Success(string.Join('\n', results)) : Response.Error("as asked", status);
    }

    private static async Task<string> TakeAsync(ChaincodeStub stub, string[] step)
    {
        switch (step)
        {
            case ["put", var collection, var key, ['@', .. var name]]:
                await stub.PutPrivateDataAsync(collection, key, stub.Transient[name]);
                return "";
            case ["put", var collection, var key, var value]:
                await stub.PutPrivateDataAsync(collection, key, Encoding.UTF8.GetBytes(value));
                return "";
            case ["put-public", var key, var value]:
                await stub.PutStateAsync(key, Encoding.UTF8.GetBytes(value));
                return "";
            case ["delete", var collection, var key]:
                await stub.DeletePrivateDataAsync(collection, key);
                return "";
            case ["purge", var collection, var key]:
                await stub.PurgePrivateDataAsync(collection, key);
                return "";
            case ["policy", var collection, var key, var mspId]:
                await stub.SetPrivateDataValidationParameterAsync(
                    collection, key, SignaturePolicies.SignedBy(mspId, MSPRole.Types.MSPRoleType.Peer));
                return "";
            case ["clear-policy", var collection, var key]:
                await stub.ClearPrivateDataValidationParameterAsync(collection, key);
                return "";
            case ["policy-public", var key, var mspId]:
                await stub.SetStateValidationParameterAsync(
                    key, SignaturePolicies.SignedBy(mspId, MSPRole.Types.MSPRoleType.Peer));
                return "";
            case ["empty-policy-public", var key]:
                await stub.SetStateValidationParameterAsync(key, new SignaturePolicyEnvelope());
                return "";
            case ["clear-policy-public", var key]:
                await stub.ClearStateValidationParameterAsync(key);
                return "";
            default:
                return await ReadAsync(stub, step);
        }
    }

    private static async Task<string> ReadAsync(ChaincodeStub stub, string[] step)
    {
        switch (step)
        {
            case ["get", var collection, var key]:
                return Text(await stub.GetPrivateDataAsync(collection, key));
            case ["get-many", var collection, .. var keys]:
                return string.Join(',', (await stub.GetPrivateDataAsync(collection, keys)).Select(Text));
            case ["hash", var collection, var key]:
                byte[]? hash = await stub.GetPrivateDataHashAsync(collection, key);
                return hash is null ? "-" : Convert.ToHexStringLower(hash);
            case ["policy", var collection, var key]:
                var policy = await stub.GetPrivateDataValidationParameterAsync(collection, key);
                return policy is null
                    ? "-" : MSPRole.Parser.ParseFrom(policy.Identities[0].Principal).MspIdentifier;
            case ["range", var collection, var start, var end]:
                var found = new List<string>();
                await foreach (var (key, value) in stub.GetPrivateDataByRangeAsync(collection, start, end))
                {
                    found.Add($"{key}={Encoding.UTF8.GetString(value)}");
                }

                return string.Join(',', found);
            default:
                throw new ArgumentException($"'{string.Join(' ', step)}' is no step.");
        }
    }

    private static string Text(byte[]? value) => value is null ? "-" : Encoding.UTF8.GetString(value);
}
