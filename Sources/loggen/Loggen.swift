import ArgumentParser
@main struct Loggen: ParsableCommand { func run() {} }
