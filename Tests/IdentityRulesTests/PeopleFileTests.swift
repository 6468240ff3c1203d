import Testing
import VeiledRecords

@testable import IdentityRules

@Suite struct PeopleFileTests {
  private func file(_ text: String) throws -> PeopleFile { try PeopleFile(Array(text.utf8)) }

  @Test func csvWithQuotesAndInactivePeople() throws {
    let read = try file(
      """
      group,user,mail,active
      board,anna,anna@corp.example,yes
      "board, inner","o""neill",,true
      board,bert,,no
      ops,anna,,1\r
      """)
    #expect(
      read.groups == [
        .init(name: "board", members: [["anna", "anna@corp.example"]]),
        .init(name: "board, inner", members: [["o\"neill"]]),
        .init(name: "ops", members: [["anna"]]),
      ])
    #expect(read.inactive == 1)
    #expect(try file("group;user\n~#ä;Ünal\n").groups.first?.name == "~#ä")
  }

  @Test func ldifWithFoldedAndEncodedLines() throws {
    let read = try file(
      """
      version: 1
      # people
      dn: CN=Anna,OU=Sales,DC=corp,DC=exa
       mple
      sAMAccountName: anna
      userPrincipalName:: YW5uYUBjb3JwLmV4YW1wbGU=
      memberOf: CN=board,DC=corp,DC=example

      dn: CN=Bert,DC=corp,DC=example
      uid: bert
      userAccountControl: 514

      dn: CN=ops,DC=corp,DC=example
      objectClass: groupOfNames
      cn: Operations
      member: CN=Anna,OU=Sales,DC=corp,DC=example
      member: CN=Bert,DC=corp,DC=example
      member: CN=Cleo,DC=corp,DC=example
      memberUid: dora
      """)
    // With the domain of the entry, too: so logs write logins.
    let anna = [
      "anna@corp.example", "anna", "CN=Anna,OU=Sales,DC=corp,DC=example", "corp\\anna",
    ]
    #expect(
      read.groups == [
        .init(name: "board", members: [anna]),
        .init(
          name: "Operations", members: [anna, ["CN=Cleo,DC=corp,DC=example"], ["dora"]]),
      ])
    #expect(read.inactive == 1 && read.people.count == 1 && read.unknown == 1)
  }

  /// However a name is written, and however deep its groups lie in each other.
  @Test func namesOfEntriesAreSpelledInManyWays() throws {
    let read = try file(
      #"""
      dn: cn=Bert\, Bo, ou=People, dc=corp
      uid: bert

      dn: cn=inner,dc=corp
      objectClass: groupOfNames
      cn: inner
      member: CN=bert\2C bo,OU=people,DC=corp
      member: cn=outer , dc=corp
      member: uid=dora,dc=corp
      memberOf: CN=Works\, Council,DC=corp

      dn: cn=outer,dc=corp
      objectClass: group
      member: CN="inner",DC=Corp
      cn: outer
      """#)
    let members = [["bert", #"cn=Bert\, Bo, ou=People, dc=corp"#], ["dora", "uid=dora,dc=corp"]]
    #expect(
      read.groups == ["inner", "outer", "Works, Council"].map { .init(name: $0, members: members) })
    #expect(read.unknown == 0)
  }

  /// So an import empties it.
  @Test(arguments: [
    "group,user,active\nboard,anna,no\n",
    "dn: cn=a\nuid: anna\nnsAccountLock: true\nmemberOf: cn=board\n",
    "dn: cn=board\nobjectClass: group\ncn: board\n",
    #"[{"userName": "anna", "active": false, "groups": [{"display": "board"}]}]"#,
  ])
  func aGroupWithoutActiveMembersIsThere(text: String) throws {
    #expect(try file(text).groups == [.init(name: "board", members: [])])
  }

  @Test func groupsOfSCIMHoldGroups() throws {
    let read = try file(
      #"""
      [{"id": "1", "userName": "anna"},
       {"id": "a", "displayName": "all", "members": [{"value": "b", "type": "Group"}]},
       {"id": "b", "displayName": "board", "members": [{"value": "1"}, {"value": "7"}]}]
      """#)
    #expect(
      read.groups == ["all", "board"].map { .init(name: $0, members: [["anna"], ["7"]]) })
    #expect(read.unknown == 1)
  }

  @Test(arguments: [
    #""members": {"value": "1"}"#, #""members": "1""#, #""members": ["1", null]"#,
    #""members": [{"valu": "1"}]"#, #""members": [{"value": ""}]"#,
  ])
  func membersOfSCIMThatNobodyCanReadAreAnError(_ members: String) {
    let text = """
      {"Users": [{"id": "1", "userName": "anna"}], "Groups": [{"displayName": "g", \(members)}]}
      """
    #expect(throws: ImportError.self) { _ = try PeopleFile(Array(text.utf8)) }
  }

  @Test func usersOfSCIMWithOneIDAreAnError() {
    let text = #"[{"id": "1", "userName": "anna"}, {"id": "1", "userName": "bert"}]"#
    #expect(throws: ImportError.malformedEntry("two users have one id")) {
      _ = try PeopleFile(Array(text.utf8))
    }
  }

  @Test func scimUsersAndGroups() throws {
    let read = try file(
      #"""
      {"Resources": [
        {"id": "1", "userName": "anna", "emails": [{"value": "anna@corp.example"}]},
        {"id": "2", "userName": "bert", "active": false},
        {"displayName": "b\u00f6ard", "members": [{"value": "1"}, {"value": "2"},
          {"value": "9", "display": "zo\u00eb"}]}]}
      """#)
    #expect(
      read.groups == [
        .init(name: "böard", members: [["anna", "anna@corp.example"], ["zoë"]])
      ])
    #expect(read.inactive == 1)
  }

  @Test(arguments: [
    """
    user,title,department,company,country
    anna, Head of  Sales ,Sales,,DE
    bert,,,Corp,
    """,
    """
    dn: cn=anna
    uid: anna
    title: Head of Sales
    department: Sales
    c: DE

    dn: cn=bert
    uid: bert
    o: Corp
    """,
    """
    [{"userName": "anna", "title": "Head of Sales", "addresses": [{"country": "DE"}],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}},
     {"userName": "bert", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
      {"organization": "Corp"}}]
    """,
  ])
  func whatIsSaidOfPeople(text: String) throws {
    let people = try file(text).people
    #expect(
      people.map(\.attributes) == [
        [.function: "Sales", .title: "Head of Sales", .region: "DE"], [.organisation: "Corp"],
      ])
    let list = try #require(PeopleList(bytes: PeopleList(people).bytes))
    #expect(list.names == PeopleList(people.map(\.names)))
    var map = PersonMap(try CanonicalNames(CanonicalRules(realms: [:])))
    map.insert(list.names)
    var attributes = PersonAttributes(map, try CanonicalNames(CanonicalRules(realms: [:])))
    attributes.insert(list)
    #expect(attributes.of(Array("anna".utf8))?.attributes == people[0].attributes)
    #expect(attributes.of(Array("cleo".utf8)) == nil)
  }

  @Test(arguments: [
    ("", ImportError.empty),
    ("group,user\na,b,c\n", .malformed(line: 2, "it has 3 cells, the header has 2")),
    ("group,group,user\na,b,c\n", .malformed(line: 1, "two columns have the same name")),
    (
      "dn: cn=a\nuid: a\n\ndn: CN = a\nuid: b\n",
      .malformed(line: 4, "the entry with this dn began in line 1 already")
    ),
    ("dn: cn=a\nuid: a\ndn: cn=b\n", .malformed(line: 3, "an entry has one dn")),
    ("group,user\n\"a,b\n", .malformed(line: 2, "a quote is not closed")),
    ("group,user\na,b\na,c\0d\n", .malformed(line: 3, "it has a zero byte")),
    ("group,user\n,b\n", .malformed(line: 2, "it names no group")),
    ("group,user\na,\n", .malformed(line: 2, "it names nobody")),
    ("group,color\na,b\n", .missingColumns("a column user")),
    (
      "dn: cn=a\nobjectClass: group\nmember:< file:///tmp/members\n",
      .malformed(line: 3, "the value of member lies in another file, which is not opened")
    ),
    ("dn: cn=a\nbroken\n", .malformed(line: 2, "there is no colon behind an attribute")),
    ("dn: cn=a\nuid:: a=b%\n", .malformed(line: 2, "its value is no base64")),
    ("dn: cn=a\n\nuid: b\n", .malformed(line: 3, "an entry begins with its dn")),
    ("{\"Resources\": [", .malformed(line: 1, "the JSON breaks off")),
    ("{\"a\": nonsense}", .malformed(line: 1, "this is no value of JSON")),
    ("{}", .nothingFound("users and groups")), ("hello", .unknownForm),
  ])
  func refuses(text: String, error: ImportError) {
    #expect(throws: error) { try file(text) }
  }

  @Test func textIsUTF8() {
    #expect(throws: ImportError.malformed(line: 2, "it is no UTF-8")) {
      try PeopleFile(Array("group,user\na,".utf8) + [0xFF, 0x0A])
    }
  }

  @Test func listsKeepEveryByte() {
    let list = PeopleList([[[0, 255], []], [Array("anna".utf8)]])
    #expect(PeopleList(bytes: list.bytes) == list)
    #expect(PeopleList(bytes: Array(list.bytes.dropLast())) == nil)
    #expect(PeopleList(bytes: [1, 0, 0, 0, 255, 255, 255, 255]) == nil)
    #expect(PeopleList(bytes: [])?.people.isEmpty == true)
  }
}

@Suite struct GroupMembersTests {
  private func members(
    _ names: [String] = [], _ groups: [BuiltInGroup] = [], domains: [String] = [],
    realms: [String: String] = [:]
  ) throws -> GroupMembers {
    var members = GroupMembers(
      managedDomains: domains, canonical: try CanonicalNames(CanonicalRules(realms: realms)))
    members.insert(PeopleList([names]))
    for group in groups { members.insert(group) }
    return members
  }

  private func contains(_ members: GroupMembers, _ name: String) -> Bool {
    members.contains(Array(name.utf8))
  }

  @Test func membersAreAskedByTheirCanonicalNames() throws {
    let board = try members(["ANNA", "CORP\\Bert"], realms: ["corp": "corp.example"])
    #expect(contains(board, "anna") && contains(board, "bert@corp.example"))
    #expect(!contains(board, "bert") && !contains(board, "ann"))
    #expect(try members().isEmpty)
  }

  @Test(arguments: [
    ("host$", true), ("corp\\host$", true), ("host$@corp", true), ("$", false), ("anna", false),
    ("svc-backup", true), ("cash$er", false),
  ])
  func applications(name: String, isMember: Bool) throws {
    #expect(contains(try members(["svc-backup"], [.application]), name) == isMember)
  }

  @Test(arguments: [
    ("anna", false), ("anna@corp.example", false), ("anna@sales.corp.example", false),
    ("corp\\anna", false), ("anna@evilcorp.example", true), ("partner\\bo", true),
    ("other/bo", true),
  ])
  func externals(name: String, isMember: Bool) throws {
    let external = try members([], [.external], domains: ["CORP.example", "corp"])
    #expect(contains(external, name) == isMember)
  }

  @Test func usersAndGroupsOfOneObject() throws {
    let text = """
      {"Users": [{"id": "1", "userName": "anna"}],
       "Groups": [{"displayName": "board", "members": [{"value": "1"}]}]}
      """
    let file = try PeopleFile(Array(text.utf8))
    #expect(file.groups == [.init(name: "board", members: [["anna"]])])
    #expect(file.people.map(\.names) == [["anna"]])
  }
}
