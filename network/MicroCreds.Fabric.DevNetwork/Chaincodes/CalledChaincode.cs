using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>The chaincode that another one calls, and the channel on which.</summary>
internal readonly record struct CalledChaincode(string Name, string Channel)
{
    /// <summary>Reads what it may be written as, <c>name:version/channel</c>; the version is ignored.</summary>
    /// <param name="spec">What was called.</param>
    /// <param name="channel">The caller's channel, which is meant where none is named.</param>
    public static CalledChaincode Read(ChaincodeSpec spec, string channel)
    {
        string[] nameAndChannel = (spec.ChaincodeId?.Name ?? "").Split('/', 2);
        return new CalledChaincode(
            nameAndChannel[0].Split(':', 2)[0], nameAndChannel is [_, { Length: > 0 } named] ? named : channel);
    }
}
